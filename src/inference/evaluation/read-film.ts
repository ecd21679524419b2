import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ageBandOf, type FilmAttributes } from '../../contracts/film-attributes.ts'
import { type ImageHeaders, imageEventType } from '../../contracts/image-event.ts'
import type { ModelSchedule } from '../../contracts/ports.ts'
import { readFilmHeader } from '../../imaging/read-film-header.ts'
import { ok, rejected } from '../../runtime/outcome.ts'
import type { ClassifyCrop } from '../classify-crops.ts'
import { createClassifyHips } from '../classify-hips.ts'
import { type ClassifierManifest, identityOf } from '../model-manifest.ts'
import type { ModelPackage } from '../model-package.ts'
import type { StepOutcome } from '../pipeline.ts'
import { createPrepareFilm, type FilmPool } from '../prepare-film.ts'
import type { ClassifiedHip } from '../screening-types.ts'
import type { LabelledFilm } from './find-films.ts'

/** A film of the folder as the engine reads it; hips that cannot be told apart or read say so themselves. */
export type ReadFilm = {
  readonly hips: readonly ClassifiedHip[]
  readonly attributes: FilmAttributes
}

/** Reads one film of a labelled folder with one package, as production reads it. */
export type FilmReader = (film: LabelledFilm) => Promise<StepOutcome<ReadFilm>>

export type FilmReaderDeps = {
  readonly folder: string
  readonly pool: FilmPool
  readonly classify: ClassifyCrop
  readonly classifier: ModelPackage<ClassifierManifest>
}

/** The only package that serves: the one under evaluation. */
const scheduleOf = ({ manifest }: ModelPackage<ClassifierManifest>): ModelSchedule => ({
  primaryAt: () => identityOf(manifest),
  shadowsAt: () => [],
  refresh: async () => {},
})

/** No clinic sent this film: what the steps from decoding on do not read is zero. */
const headersOf = (bytes: Uint8Array, attributes: FilmAttributes): ImageHeaders => {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return {
    'content-type': 'application/dicom',
    ce_specversion: '1.0',
    ce_type: imageEventType,
    ce_source: '/sites/evaluation',
    ce_id: sha256,
    ce_subject: sha256,
    ce_time: '1970-01-01T00:00:00.000Z',
    ce_siteid: 'evaluation',
    ce_sitesig: '',
    ce_sitekeyid: '',
    ce_contentsize: bytes.length,
    ce_contentsha256: sha256,
    ce_subjectkey: sha256,
    ce_attempt: 1,
    ce_attributes: attributes,
  }
}

/**
 * Creates the reader: the gate's look at the header, then the steps of the screening pipeline from the bytes on (size
 * and hash, decoding, finding and cutting in a worker thread, refusal, classifier, decision rule of the package).
 */
export const createFilmReader = (deps: FilmReaderDeps): FilmReader => {
  const { pool, classify, classifier, folder } = deps
  const prepareFilm = createPrepareFilm({ pool })
  const schedule = scheduleOf(classifier)
  const classifyHips = createClassifyHips({ schedule, shelf: { find: () => classifier }, classify })
  return async ({ file, hips }) => {
    const bytes = await readFile(join(folder, file))
    const header = readFilmHeader(bytes)
    if (header.kind !== 'ok') return header
    const age = hips[0]?.age
    const attributes = {
      ...header.value.attributes,
      ...(age === undefined ? {} : { ageBand: ageBandOf(age) }),
    }
    if (attributes.ageBand === '0-17') return rejected('UNDER_18', 'by the age in the labels')
    const record = {
      position: { topic: 'evaluation', partition: 0, offset: '0' },
      timestamp: '1970-01-01T00:00:00.000Z',
      headers: {},
      value: bytes,
    }
    const prepared = await prepareFilm({ record, headers: headersOf(bytes, attributes), bytes })
    if (prepared.kind !== 'ok') return prepared
    const { refusal } = prepared.value.film
    if (refusal !== undefined) return rejected(refusal.reason, refusal.detail)
    const classified = await classifyHips(prepared.value)
    return classified.kind === 'ok' ? ok({ hips: classified.value.hips, attributes }) : classified
  }
}
