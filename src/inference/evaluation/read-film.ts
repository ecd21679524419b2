import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ageBandOf, type FilmAttributes } from '../../contracts/film-attributes.ts'
import { type ImageHeaders, imageEventType } from '../../contracts/image-event.ts'
import type { ModelSchedule } from '../../contracts/ports.ts'
import type { FilmStatistics, FinderIdentity } from '../../contracts/verdict.ts'
import { readFilmHeader } from '../../imaging/read-film-header.ts'
import { ok, rejected } from '../../runtime/outcome.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import type { ClassifyCrop } from '../classifiers/classify-crops.ts'
import { type ClassifierShelf, createClassifyHips } from '../classifiers/classify-hips.ts'
import { type ClassifierManifest, identityOf } from '../packages/model-manifest.ts'
import type { ModelPackage } from '../packages/model-package.ts'
import type { StepOutcome } from '../pipeline/pipeline.ts'
import { createPrepareFilm, type FilmPool } from '../pipeline/prepare-film.ts'
import type { ClassifiedHip, DecodedFilmEvent } from '../pipeline/screening-types.ts'
import type { LabelledFilm } from './find-films.ts'

/**
 * A film of the folder as the engine reads it: each hip has a reading of each package, in the order of the packages. Hips
 * that cannot be told apart or read say so themselves.
 */
export type ReadFilm = {
  readonly hips: readonly ClassifiedHip[]
  readonly attributes: FilmAttributes
  readonly statistics?: FilmStatistics
}

/** Reads one film of a labelled folder as production reads it: the first package is primary, the others shadows. */
export type FilmReader = (film: LabelledFilm) => Promise<StepOutcome<ReadFilm>>

export type FilmReaderDeps = {
  readonly folder: string
  readonly pool: FilmPool
  /** What finds the hips. */
  readonly finder: FinderIdentity
  readonly classify: ClassifyCrop
  /** The packages under evaluation. */
  readonly classifiers: readonly ModelPackage<ClassifierManifest>[]
}

/** Only the packages under evaluation serve. */
const scheduleOf = (classifiers: FilmReaderDeps['classifiers']): ModelSchedule => {
  const [primary, ...shadows] = classifiers.map(({ manifest }) => identityOf(manifest))
  return {
    primaryAt: () => primary,
    shadowsAt: () => shadows,
    finderAt: () => undefined,
    refresh: async () => {},
  }
}

const shelfOf = (classifiers: FilmReaderDeps['classifiers']): ClassifierShelf => ({
  find: (model) => classifiers.find(({ manifest }) => isDeepStrictEqual(identityOf(manifest), model)),
})

const never = '1970-01-01T00:00:00.000Z'
const nowhere = { topic: 'evaluation', partition: 0, offset: '0' }
const nobody = '00000000-0000-7000-8000-000000000000'

/** No clinic sent this film: what the steps from decoding on do not read is zero. */
const headersOf = (bytes: Uint8Array, attributes: FilmAttributes): ImageHeaders => {
  const sha256 = sha256Of(bytes)
  return {
    'content-type': 'application/dicom',
    ce_specversion: '1.0',
    ce_type: imageEventType,
    ce_source: '/sites/evaluation',
    ce_id: nobody,
    ce_subject: sha256,
    ce_time: never,
    ce_sentat: never,
    ce_siteid: 'evaluation',
    ce_spoolid: nobody,
    ce_sequence: 1,
    ce_lane: 'live',
    ce_sigversion: '1',
    ce_sitesig: '',
    ce_sitekeyid: '',
    ce_contentsize: bytes.length,
    ce_contentsha256: sha256,
    ce_subjectkey: sha256,
    ce_subjectfrom: 'film',
    ce_attempt: 1,
    ce_attributes: attributes,
  }
}

/** Prepares one film of a labelled folder: its hips found and cut, or why not. */
export type FilmPreparer = (film: LabelledFilm) => Promise<StepOutcome<DecodedFilmEvent>>

/** An age of the labels goes before that of the header, which a picture does not have. */
const attributesOf = (inHeader: FilmAttributes, hips: LabelledFilm['hips']): FilmAttributes => {
  const age = hips[0]?.age
  return age === undefined ? inHeader : { ...inHeader, ageBand: ageBandOf(age) }
}

/**
 * Creates the preparer: the gate's look at the header, then the steps of the screening pipeline from the bytes on (size
 * and hash, decoding, finding and cutting in a worker thread, refusal).
 */
export const createFilmPreparer = ({
  pool,
  folder,
  finder,
}: Pick<FilmReaderDeps, 'pool' | 'folder' | 'finder'>): FilmPreparer => {
  const prepareFilm = createPrepareFilm({ pool, finderAt: () => finder })
  return async ({ file, hips }) => {
    const bytes = await readFile(join(folder, file))
    const header = readFilmHeader(bytes)
    if (header.kind !== 'ok') return header
    const attributes = attributesOf(header.value.attributes, hips)
    if (attributes.ageBand === '0-17') return rejected('UNDER_18', 'by the age in the labels')
    const record = { position: nowhere, key: undefined, timestamp: never, headers: {}, value: bytes }
    const event = { record, headers: headersOf(bytes, attributes), firstImage: nowhere }
    const prepared = await prepareFilm({ ...event, appendedAt: never, believedAt: never, bytes })
    if (prepared.kind !== 'ok' || prepared.value.film.refusal === undefined) return prepared
    const { reason, detail } = prepared.value.film.refusal
    return rejected(reason, detail)
  }
}

/** Creates the reader: the preparer, then the classifiers, each with the decision rule of its package. */
export const createFilmReader = (deps: FilmReaderDeps): FilmReader => {
  const { classify, classifiers } = deps
  const prepare = createFilmPreparer(deps)
  const serving = { schedule: scheduleOf(classifiers), shelf: shelfOf(classifiers) }
  const classifyHips = createClassifyHips({ ...serving, classify })
  return async (film) => {
    const prepared = await prepare(film)
    if (prepared.kind !== 'ok') return prepared
    const classified = await classifyHips(prepared.value)
    if (classified.kind !== 'ok') return classified
    const { film: decoded, headers } = prepared.value
    const { hips } = classified.value
    return ok({ hips, attributes: headers.ce_attributes, statistics: decoded.statistics })
  }
}
