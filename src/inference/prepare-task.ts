import { createHash } from 'node:crypto'
import type { FilmAttributes } from '../contracts/film-attributes.ts'
import type { FilmWarning } from '../contracts/reasons.ts'
import { cropRegion } from '../imaging/crop-region.ts'
import { decodeFilm } from '../imaging/decode-film.ts'
import { type Box, type GreyFilm, toGreyscale } from '../imaging/grey-film.ts'
import { imageStatistics } from '../imaging/image-statistics.ts'
import { readFilmHeader } from '../imaging/read-film-header.ts'
import { failed, ok } from '../runtime/outcome.ts'
import type { FilmWorkerData, PrepareAnswer, PrepareTask } from './film-tasks.ts'
import { createFindHips, type FindHips, type FoundHip } from './find-hips.ts'
import type { PreparedFilm, PreparedHip } from './screening-types.ts'

type Prepared = PrepareAnswer['outcome']

const verify = (task: PrepareTask): Prepared | undefined => {
  const { bytes, expected } = task
  if (bytes.length === 0) return failed('PAYLOAD_EMPTY', 'the record has no film')
  if (bytes.length !== expected.size)
    return failed('EVENT_SIZE_MISMATCH', `${bytes.length} bytes instead of ${expected.size}`)
  const found = createHash('sha256').update(bytes).digest('hex')
  return found === expected.sha256
    ? undefined
    : failed('EVENT_HASH_MISMATCH', 'the film is not the one that was signed')
}

/** How much of a box may lie outside of the film before the femur counts as cut off. */
const outsideLimit = 0.12

const outsideShare = (box: Box, film: GreyFilm): number => {
  const width = Math.max(0, Math.min(film.columns, box.x + box.width) - Math.max(0, box.x))
  const height = Math.max(0, Math.min(film.rows, box.y + box.height) - Math.max(0, box.y))
  return 1 - (width * height) / (box.width * box.height)
}

/** What the header says of a single hip goes before the image; where the two disagree, the side is in doubt. */
const sideOf = (hip: FoundHip, attributes: FilmAttributes, isOnly: boolean): PreparedHip['side'] => {
  const tagged = attributes.laterality === 'L' ? 'left' : attributes.laterality === 'R' ? 'right' : undefined
  if (!isOnly || tagged === undefined) return hip.side
  return hip.side === 'unknown' || hip.side === tagged ? tagged : 'unknown'
}

const prepareHip = (
  hip: FoundHip,
  film: GreyFilm,
  side: PreparedHip['side'],
  sizes: readonly number[],
): PreparedHip => {
  const cutOff = outsideShare(hip.box, film) > outsideLimit
  const warnings: FilmWarning[] = [
    ...(side === 'unknown' ? (['SIDE_IN_DOUBT'] as const) : []),
    ...(cutOff ? (['CUT_OFF_HIP'] as const) : []),
  ]
  const crops = sizes.map((size) => [size, cropRegion(film, hip.box, size, hip.side === 'right')] as const)
  return {
    side,
    box: [hip.box.x, hip.box.y, hip.box.width, hip.box.height],
    regionScore: hip.score,
    warnings,
    eligible: warnings.length === 0,
    crops: new Map(crops),
  }
}

const prepareFilm = async (
  task: PrepareTask,
  findHips: FindHips,
  sizes: readonly number[],
): Promise<Prepared> => {
  const fault = verify(task)
  if (fault !== undefined) return fault
  const header = readFilmHeader(task.bytes)
  if (header.kind !== 'ok') return header
  const decoded = await decodeFilm(task.bytes, header.value)
  if (decoded.kind !== 'ok') return decoded
  const film = toGreyscale(decoded.value)
  const found = await findHips(film)
  const common = { pixelHash: decoded.value.pixelHash, statistics: imageStatistics(film), warnings: [] }
  if (found.kind === 'refused')
    return ok<PreparedFilm>({ ...common, hips: [], refusal: { reason: found.reason, detail: found.detail } })
  const isOnly = found.hips.length === 1
  const hips = found.hips.map((hip) =>
    prepareHip(hip, film, sideOf(hip, header.value.attributes, isOnly), sizes),
  )
  return ok<PreparedFilm>({ ...common, hips })
}

/** Creates the task that takes a film from bytes to crops. */
export const createPrepareTask = async (
  data: FilmWorkerData,
): Promise<(task: PrepareTask) => Promise<PrepareAnswer>> => {
  const findHips = await createFindHips(data.finderFolder, data.provider)
  return async (task) => ({ kind: 'prepared', outcome: await prepareFilm(task, findHips, data.cropSizes) })
}
