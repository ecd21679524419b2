import { decodeFilm } from '../../imaging/decode-film.ts'
import { cropRegion } from '../../imaging/picture/crop-region.ts'
import { type GreyFilm, toGreyscale } from '../../imaging/picture/grey-film.ts'
import { imageStatistics } from '../../imaging/picture/image-statistics.ts'
import { readFilmHeader } from '../../imaging/read-film-header.ts'
import { releaseFilm } from '../../imaging/release-film.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import { type JudgedHip, type JudgeFilm, openJudgeFilm } from '../finder/judge-film.ts'
import { readFinderManifest } from '../finder/read-finder.ts'
import { finderIdentityOf } from '../packages/model-manifest.ts'
import type { PreparedFilm, PreparedHip } from '../pipeline/screening-types.ts'
import type { FilmWorkerData, PrepareAnswer, PrepareTask } from './film-tasks.ts'

type Prepared = PrepareAnswer['outcome']

const verify = (task: PrepareTask): Prepared | undefined => {
  const { bytes, expected } = task
  if (bytes.length === 0) return failed('PAYLOAD_EMPTY', 'the record has no film')
  if (bytes.length !== expected.size)
    return failed('EVENT_SIZE_MISMATCH', `${bytes.length} bytes instead of ${expected.size}`)
  const found = sha256Of(bytes)
  return found === expected.sha256
    ? undefined
    : failed('EVENT_HASH_MISMATCH', 'the film is not the one that was signed')
}

/** Cuts a hip for the classifiers. */
const prepareHip = (hip: JudgedHip, film: GreyFilm, sizes: readonly number[]): PreparedHip => {
  const { side, box, score, mirror, warnings, landmarks } = hip
  const crops = sizes.map((size) => [size, cropRegion(film, box, size, mirror)] as const)
  return {
    side,
    box: [box.x, box.y, box.width, box.height],
    regionScore: score,
    landmarks,
    warnings: [...warnings],
    eligible: warnings.length === 0,
    crops: new Map(crops),
  }
}

const prepareFilm = async (
  task: PrepareTask,
  judgeFilm: JudgeFilm,
  sizes: readonly number[],
): Promise<Prepared> => {
  const fault = verify(task)
  if (fault !== undefined) return fault
  const header = readFilmHeader(task.bytes)
  if (header.kind !== 'ok') return header
  const decoded = await decodeFilm(task.bytes, header.value)
  if (decoded.kind !== 'ok') return decoded
  const film = toGreyscale(decoded.value)
  const judged = await judgeFilm(film, header.value.attributes)
  const common = { pixelHash: decoded.value.pixelHash, statistics: imageStatistics(film), warnings: [] }
  const hips = judged.kind === 'refused' ? [] : judged.hips.map((hip) => prepareHip(hip, film, sizes))
  releaseFilm(task.bytes, decoded.value)
  if (judged.kind === 'judged') return ok<PreparedFilm>({ ...common, hips })
  return ok<PreparedFilm>({ ...common, hips, refusal: { reason: judged.reason, detail: judged.detail } })
}

/** Opens a finder. Throws where its package is not the one that was asked for. */
const openFinder = async ({ finders, provider }: FilmWorkerData, digest: string): Promise<JudgeFilm> => {
  const found = finders.find((finder) => finder.digest === digest)
  if (found === undefined) throw new Error(`no finder has the digest ${digest}`)
  const judge = await openJudgeFilm(found.folder, provider)
  const { digest: onDisk } = finderIdentityOf(await readFinderManifest(found.folder))
  if (onDisk !== digest) throw new Error(`the finder in ${found.folder} has changed since the start`)
  return judge
}

/** Creates the task that takes a film from bytes to crops; the bytes are gone after it. */
export const createPrepareTask = async (
  data: FilmWorkerData,
): Promise<(task: PrepareTask) => Promise<PrepareAnswer>> => {
  const opened = new Map<string, Promise<JudgeFilm>>()
  const judgeOf = (digest: string): Promise<JudgeFilm> => {
    const judge = opened.get(digest) ?? openFinder(data, digest)
    opened.set(digest, judge)
    return judge
  }
  const [first] = data.finders
  if (first !== undefined) await judgeOf(first.digest)
  return async (task) => ({
    kind: 'prepared',
    outcome: await prepareFilm(task, await judgeOf(task.finder), data.cropSizes),
  })
}
