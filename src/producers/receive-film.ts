import type { FilmAttributes } from '../contracts/film-attributes.ts'
import type { RecordPosition } from '../contracts/identifiers.ts'
import type { FilmLane } from '../contracts/lane.ts'
import type { DeadLetterCode, RejectionReason } from '../contracts/reasons.ts'
import type { FilmContentType } from '../contracts/signed-film.ts'
import { messageOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { sha256Of } from '../runtime/sha256.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { type FilmIdentity, identifyFilm } from './identify-film.ts'
import type { Keyring, PublishArrival } from './publish-arrival.ts'
import type { SiteKeys } from './site-keys.ts'
import type { ArrivalDraft, Spool, SpoolEntry } from './spool.ts'

/** What the gate at the clinic makes of a file; what it refuses it keeps back whole. */
export type GatedFilm = {
  readonly contentType: FilmContentType
  readonly identity: FilmIdentity
  readonly attributes: FilmAttributes
} & (
  | { readonly kind: 'passed'; readonly film: Uint8Array }
  | {
      readonly kind: 'refused'
      readonly refusal: RejectionReason | DeadLetterCode
      /** What of the file is wrong, in words without any of its texts; it is told here and does not travel. */
      readonly detail?: string
    }
)

/** Looks at a file as it came, and takes out of it whatever names a person. */
export type GateFilm = (bytes: Uint8Array, keys: SiteKeys) => GatedFilm | Promise<GatedFilm>

export type SubmittedFilm = {
  readonly siteId: string
  /** The file as it came; or only its hash where it is too large to be read. */
  readonly file: Uint8Array | { readonly tooLarge: true; readonly sha256: string }
  readonly receivedVia: 'file' | 'c-store' | 'stow-rs' | 'upload' | 'simulation'
  /** Films of an archive go onto the backfill lane; others onto the live one. */
  readonly lane?: FilmLane
  /** For the link key of a programme. */
  readonly nationalId?: string
  /** When the film is taken to have come, for simulated clinics; otherwise the instant when it is safe. */
  readonly receivedAt?: Date
}

/** What the sender is told. */
export type IntakeAnswer = {
  /** Acknowledged by Kafka; or safe in the spool when the process stopped, to be published at its next start. */
  readonly kind: 'published' | 'kept'
  readonly arrivalId: string
  readonly eventId: string
  readonly receivedAt: string
  /** Why the gate kept the file back; absent where the film went on to screening. */
  readonly refusal: RejectionReason | DeadLetterCode | undefined
  /** What of the file is wrong; absent where nothing was refused. */
  readonly refusalDetail?: string
  readonly image: RecordPosition | undefined
}

/** What a start did with the films that an earlier process left in the spool. */
export type ResumeProgress = { readonly published: number; readonly left: number; readonly total: number }

/** Where films come in at the clinic. */
export type FilmIntake = {
  /**
   * Takes a film and resolves when Kafka has it and its receipt. Throws SetupError DISK_FULL or
   * SITE_KEYS_MISSING: nothing is then acknowledged, and the sender must send again.
   */
  readonly submit: (film: SubmittedFilm) => Promise<IntakeAnswer>
  /** Publishes what dead processes left in the spool, oldest first. */
  readonly resume: (onProgress?: (progress: ResumeProgress) => void) => Promise<ResumeProgress>
}

export type FilmIntakeDeps = {
  readonly gate: GateFilm
  readonly spool: Spool
  readonly publish: PublishArrival
  readonly keysOf: Keyring
  readonly telemetry: Telemetry
  readonly logger: Logger
}

const nothing = new Uint8Array(0)

const gateUnread: GatedFilm = {
  kind: 'refused',
  refusal: 'FILE_TOO_LARGE',
  detail: 'above 64 MiB',
  contentType: 'application/dicom',
  identity: {},
  attributes: {},
}

const draftOf = (
  keys: SiteKeys,
  submitted: SubmittedFilm,
  gated: GatedFilm,
  traceparent: string | undefined,
): ArrivalDraft => {
  const sha256 = submitted.file instanceof Uint8Array ? sha256Of(submitted.file) : submitted.file.sha256
  return {
    siteId: keys.siteId,
    ...identifyFilm(keys, { nationalId: submitted.nationalId, ...gated.identity }, sha256),
    contentType: gated.contentType,
    attributes: gated.attributes,
    lane: submitted.lane ?? 'live',
    ...(gated.kind === 'refused' ? { gateRefusal: gated.refusal } : {}),
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}

const answerOf = ({ arrival }: SpoolEntry, image: RecordPosition | undefined): IntakeAnswer => ({
  kind: image === undefined ? 'kept' : 'published',
  arrivalId: arrival.arrivalId,
  eventId: arrival.eventId,
  receivedAt: arrival.receivedAt,
  refusal: arrival.gateRefusal,
  image,
})

const createResume =
  (deps: FilmIntakeDeps): FilmIntake['resume'] =>
  async (onProgress = () => {}) => {
    const handles = await deps.spool.list()
    const progress = { published: 0, left: 0, total: handles.length }
    for (const handle of handles) {
      const entry = await deps.spool.read(handle)
      try {
        const image = entry === undefined ? undefined : await deps.publish(entry)
        progress[image === undefined ? 'left' : 'published'] += 1
      } catch (error) {
        // The film stays in the spool; one site without keys does not hold up the others.
        progress.left += 1
        const fields = {
          site: entry?.arrival.siteId,
          error: messageOf(error),
          runbook: 'docs/runbook/spool.md',
        }
        deps.logger.warn(fields, 'spooled film not published')
      }
      onProgress({ ...progress })
    }
    if (progress.total > 0) deps.logger.info(progress, 'spool resumed')
    return progress
  }

/**
 * Creates the intake of a clinic. For each file: read its header, take out what names a person, make its
 * pseudonyms, keep it in the spool, sign it, publish it, and only then answer. A file that the gate refuses
 * leaves the clinic as a record without a film: its reason or code ends in the ledger like every other
 * verdict, and nothing that could not be de-identified ever travels.
 */
export const createFilmIntake = (deps: FilmIntakeDeps): FilmIntake => {
  const received = deps.telemetry.meter.createCounter('producers_received_files_total')
  const submit = async (submitted: SubmittedFilm): Promise<IntakeAnswer> => {
    const keys = await deps.keysOf(submitted.siteId)
    const { file } = submitted
    const gated = file instanceof Uint8Array ? await deps.gate(file, keys) : gateUnread
    const draft = draftOf(keys, submitted, gated, deps.telemetry.traceparent())
    const film = gated.kind === 'passed' ? gated.film : nothing
    const entry = await deps.spool.store(draft, film, submitted.receivedAt)
    received.add(1, { via: submitted.receivedVia, refusal: draft.gateRefusal ?? 'none' })
    const answer = answerOf(entry, await deps.publish(entry))
    return gated.kind === 'refused' && gated.detail !== undefined
      ? { ...answer, refusalDetail: gated.detail }
      : answer
  }
  return {
    submit: (submitted) =>
      deps.telemetry.span('receive film', { attributes: { via: submitted.receivedVia } }, () =>
        submit(submitted),
      ),
    resume: createResume(deps),
  }
}
