import { z } from 'zod'
import type { ClockLimits } from '../../contracts/believe-time.ts'
import type { FilmRecord } from '../../contracts/film-record.ts'
import { instantSchema, recordPointerOf, siteIdSchema } from '../../contracts/identifiers.ts'
import { type ImageHeaders, imageHeadersSchema } from '../../contracts/image-event.ts'
import type { BlobStore, FilmScreener, ModelSchedule, SiteDirectory } from '../../contracts/ports.ts'
import type { DeadLetterCode } from '../../contracts/reasons.ts'
import type { Arrival } from '../../contracts/signed-film.ts'
import { filmContentTypes } from '../../contracts/signed-film.ts'
import type { FindingOutcome, Verdict, VerdictOutcome } from '../../contracts/verdict.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import type { Telemetry } from '../../runtime/telemetry.ts'
import type { ClassifyCrop } from '../classifiers/classify-crops.ts'
import { type ClassifierShelf, createClassifyHips } from '../classifiers/classify-hips.ts'
import { createConcludeFilm } from './conclude-film.ts'
import { type Pipeline, pipeline, type StepOutcome } from './pipeline.ts'
import { createPrepareFilm, type FilmPool, type PrepareFilmDeps } from './prepare-film.ts'
import { createRefuseFilm } from './refuse-film.ts'
import { createResolveFilm } from './resolve-film.ts'
import type { ParsedEvent, VerifiedEvent } from './screening-types.ts'
import { createCheckEvent, createVerifyEvent } from './verify-event.ts'

export type ScreeningDeps = {
  readonly telemetry: Telemetry
  readonly sites: SiteDirectory
  readonly blobs: BlobStore
  readonly pool: FilmPool
  readonly schedule: ModelSchedule
  readonly shelf: ClassifierShelf
  readonly finderAt: PrepareFilmDeps['finderAt']
  readonly engineKey: Uint8Array
  readonly clockLimits: ClockLimits
  readonly classify: ClassifyCrop
  readonly now: () => Date
}

type Conclusion = FindingOutcome | Extract<VerdictOutcome, { kind: 'rejected' }>

/** From a film of which it is known who sent it to its verdict. */
export const createScreeningPipeline = (deps: ScreeningDeps): Pipeline<VerifiedEvent, Conclusion> =>
  pipeline<VerifiedEvent>(deps.telemetry)
    .step(createResolveFilm(deps))
    .step(createPrepareFilm(deps))
    .step(createRefuseFilm(createClassifyHips(deps), createConcludeFilm()))

const known = <Value extends string>(values: readonly Value[]) => z.enum(values)

/**
 * Headers of a dead letter that help to find its cause, each in a checked form: a sender writes what it likes into them.
 * Everything else stays behind.
 */
const tellingHeaders: Readonly<Record<string, z.ZodType<string>>> = {
  'content-type': known(filmContentTypes),
  ce_specversion: z.literal('1.0'),
  ce_type: z.string().regex(/^org\.osteostream\.[a-z-]{1,40}\.v\d{1,4}$/),
  ce_time: instantSchema,
  ce_siteid: siteIdSchema,
  ce_contentsize: z.string().regex(/^\d{1,12}$/),
  ce_attempt: z.string().regex(/^\d{1,12}$/),
}

/** What stands in place of a header that is there and has no such form. */
const untold = '(not in its form)'

const toldHeaders = (record: FilmRecord): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tellingHeaders).flatMap(([name, form]) => {
      const value = record.headers[name]
      return value === undefined ? [] : [[name, form.safeParse(value).data ?? untold]]
    }),
  )

const deadLetter = (record: FilmRecord, code: DeadLetterCode, detail: string): VerdictOutcome => ({
  kind: 'deadLettered',
  code,
  detail: detail.slice(0, 300),
  size: record.value.length,
  digest: sha256Of(record.value),
  headers: toldHeaders(record),
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
  spoolId: headers.ce_spoolid,
  sequence: headers.ce_sequence,
  receivedAt: headers.ce_time,
  sentAt: headers.ce_sentat,
  subjectKey: headers.ce_subjectkey,
  subjectFrom: headers.ce_subjectfrom,
  ...(headers.ce_linkkey === undefined ? {} : { linkKey: headers.ce_linkkey }),
  contentType: headers['content-type'],
  contentSize: headers.ce_contentsize,
  contentSha256: headers.ce_contentsha256,
})

/** What of a verdict does not come from its outcome. */
const aboutOf = ({ headers, firstImage, appendedAt, believedAt, clockFault }: VerifiedEvent) => ({
  ...arrivalOf(headers),
  attributes: headers.ce_attributes,
  firstImage,
  appendedAt,
  believedAt,
  ...(clockFault === undefined ? {} : { clockFault }),
  attempt: headers.ce_attempt,
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

type Fault = { readonly code: DeadLetterCode; readonly detail: string }

/** The record with what could be made sure of it, or why nothing of it is believed. */
const createBelieve = (deps: ScreeningDeps) => {
  const verify = pipeline<ParsedEvent>(deps.telemetry).step(createVerifyEvent(deps))
  return async (record: FilmRecord): Promise<VerifiedEvent | Fault> => {
    const parsed = imageHeadersSchema.safeParse(record.headers)
    if (!parsed.success) return schemaFault(parsed.error.issues)
    const verified = await verify.run({ record, headers: parsed.data })
    if (verified.kind === 'ok') return verified.value
    if (verified.kind === 'failed') return { code: verified.code, detail: verified.detail }
    throw new Error('an event is believed or not: it cannot be rejected')
  }
}

/**
 * Creates the screener: it answers for every record, and what it throws is a fault of the engine. What cannot be believed
 * is attributed to nobody: it is booked under the place of its record, whatever arrival it claims to be.
 */
export const createFilmScreener = (deps: ScreeningDeps): FilmScreener => {
  const believe = createBelieve(deps)
  const check = createCheckEvent(deps)
  /** As `believe`, by what is known of sites now, of a record that is given up. */
  const believeNow = (record: FilmRecord): VerifiedEvent | undefined => {
    const parsed = imageHeadersSchema.safeParse(record.headers)
    const checked = parsed.success ? check({ record, headers: parsed.data }) : undefined
    return checked?.kind === 'ok' ? checked.value : undefined
  }
  const screening = createScreeningPipeline(deps)
  const unattributed = (record: FilmRecord, outcome: VerdictOutcome): Verdict => {
    const pointer = recordPointerOf(record.position)
    const common = { image: record.position, screenedAt: deps.now().toISOString(), outcome }
    return { attributed: false, pointer, receivedAt: record.timestamp, attempt: 1, ...common }
  }
  const attributed = (event: VerifiedEvent, outcome: VerdictOutcome): Verdict => {
    const common = { image: event.record.position, screenedAt: deps.now().toISOString(), outcome }
    return { attributed: true, ...aboutOf(event), ...common }
  }
  return {
    screen: async (record): Promise<Verdict> => {
      const event = await believe(record)
      if ('code' in event) return unattributed(record, deadLetter(record, event.code, event.detail))
      return attributed(event, outcomeOf(record, await screening.run(event)))
    },
    giveUp: (record, code, detail) => {
      const outcome = deadLetter(record, code, detail)
      const event = believeNow(record)
      return event === undefined ? unattributed(record, outcome) : attributed(event, outcome)
    },
  }
}
