import { createHash } from 'node:crypto'
import type { FilmRecord } from '../../contracts/film-record.ts'
import { recordPointerOf } from '../../contracts/identifiers.ts'
import { type ImageHeaders, imageHeadersSchema } from '../../contracts/image-event.ts'
import type { BlobStore, FilmScreener, ModelSchedule, SiteDirectory } from '../../contracts/ports.ts'
import type { DeadLetterCode } from '../../contracts/reasons.ts'
import type { Arrival } from '../../contracts/receipt.ts'
import type { FinderIdentity, FindingOutcome, Verdict, VerdictOutcome } from '../../contracts/verdict.ts'
import type { Telemetry } from '../../runtime/telemetry.ts'
import type { ClassifyCrop } from '../classifiers/classify-crops.ts'
import { type ClassifierShelf, createClassifyHips } from '../classifiers/classify-hips.ts'
import { createConcludeFilm } from './conclude-film.ts'
import { type Pipeline, pipeline, type StepOutcome } from './pipeline.ts'
import { createPrepareFilm, type FilmPool } from './prepare-film.ts'
import { createRefuseFilm } from './refuse-film.ts'
import { createResolveFilm } from './resolve-film.ts'
import type { ParsedEvent } from './screening-types.ts'
import { createVerifyEvent } from './verify-event.ts'

export type ScreeningDeps = {
  readonly telemetry: Telemetry
  readonly sites: SiteDirectory
  readonly blobs: BlobStore
  readonly pool: FilmPool
  readonly schedule: ModelSchedule
  readonly shelf: ClassifierShelf
  /** What the workers of the pool find hips with. */
  readonly finder: FinderIdentity
  readonly classify: ClassifyCrop
  readonly now: () => Date
}

type Conclusion = FindingOutcome | Extract<VerdictOutcome, { kind: 'rejected' }>

/** From film to verdict. */
export const createScreeningPipeline = (deps: ScreeningDeps): Pipeline<ParsedEvent, Conclusion> =>
  pipeline<ParsedEvent>(deps.telemetry)
    .step(createVerifyEvent(deps))
    .step(createResolveFilm(deps))
    .step(createPrepareFilm(deps))
    .step(createRefuseFilm(createClassifyHips(deps), createConcludeFilm(deps)))

/** Headers of a dead letter that help to find its cause; everything else stays behind. */
const allowedHeaders = [
  'content-type',
  'ce_specversion',
  'ce_type',
  'ce_time',
  'ce_siteid',
  'ce_contentsize',
  'ce_attempt',
]

const deadLetter = (record: FilmRecord, code: DeadLetterCode, detail: string): VerdictOutcome => ({
  kind: 'deadLettered',
  code,
  detail: detail.slice(0, 300),
  size: record.value.length,
  digest: createHash('sha256').update(record.value).digest('hex'),
  headers: Object.fromEntries(
    allowedHeaders.flatMap((name) => {
      const value = record.headers[name]
      return value === undefined ? [] : [[name, value.slice(0, 300)] as const]
    }),
  ),
})

const outcomeOf = (record: FilmRecord, screened: StepOutcome<Conclusion>): VerdictOutcome => {
  switch (screened.kind) {
    case 'ok':
      return screened.value
    case 'rejected':
      return { kind: 'rejected', reason: screened.reason, detail: screened.detail.slice(0, 300) }
    case 'failed':
      return deadLetter(record, screened.code, screened.detail)
  }
}

const arrivalOf = (headers: ImageHeaders): Arrival => ({
  arrivalId: headers.ce_id,
  eventId: headers.ce_subject,
  siteId: headers.ce_siteid,
  receivedAt: headers.ce_time,
  subjectKey: headers.ce_subjectkey,
  ...(headers.ce_linkkey === undefined ? {} : { linkKey: headers.ce_linkkey }),
  contentType: headers['content-type'],
  contentSize: headers.ce_contentsize,
  contentSha256: headers.ce_contentsha256,
  attributes: headers.ce_attributes,
})

/** Names the headers that break the schema, never their values. */
const schemaFault = (
  issues: readonly { path: PropertyKey[] }[],
): { code: DeadLetterCode; detail: string } => {
  const names = [...new Set(issues.map((issue) => String(issue.path[0] ?? '')))]
  const code =
    names.length === 1 && names[0] === 'content-type'
      ? 'EVENT_CONTENT_TYPE_UNSUPPORTED'
      : 'EVENT_SCHEMA_INVALID'
  return { code, detail: `headers: ${names.join(', ')}` }
}

/** Creates the screener: it answers for every record, and what it throws is a fault of the engine. */
export const createFilmScreener = (deps: ScreeningDeps): FilmScreener => {
  const screening = createScreeningPipeline(deps)
  const unattributed = (record: FilmRecord, outcome: VerdictOutcome): Verdict => {
    const pointer = recordPointerOf(record.position)
    const common = { image: record.position, screenedAt: deps.now().toISOString(), outcome }
    return { attributed: false, pointer, receivedAt: record.timestamp, attempt: 1, ...common }
  }
  const attributed = (record: FilmRecord, headers: ImageHeaders, outcome: VerdictOutcome): Verdict => {
    const common = { image: record.position, screenedAt: deps.now().toISOString(), outcome }
    return { attributed: true, ...arrivalOf(headers), attempt: headers.ce_attempt, ...common }
  }
  return {
    screen: async (record): Promise<Verdict> => {
      const parsed = imageHeadersSchema.safeParse(record.headers)
      if (!parsed.success) {
        const fault = schemaFault(parsed.error.issues)
        return unattributed(record, deadLetter(record, fault.code, fault.detail))
      }
      const screened = await screening.run({ record, headers: parsed.data })
      return attributed(record, parsed.data, outcomeOf(record, screened))
    },
    giveUp: (record, code, detail) => {
      const parsed = imageHeadersSchema.safeParse(record.headers)
      const outcome = deadLetter(record, code, detail)
      return parsed.success ? attributed(record, parsed.data, outcome) : unattributed(record, outcome)
    },
  }
}
