import { z } from 'zod'
import { examinationReasonSchema, sexSchema } from './film-attributes.ts'
import { bodyParts, viewPositions } from './known-values.ts'
import type { FilmLane } from './lane.ts'

/** By which way a film comes in at the clinic. */
export const filmWays = ['file', 'c-store', 'stow-rs', 'upload', 'simulation'] as const
export const filmWaySchema = z.enum(filmWays)
export type FilmWay = z.infer<typeof filmWaySchema>

const identifier = z.string().min(1).max(64)

/** What a sender says beside a film: all that is known of a PNG or JPEG, and what a DICOM header leaves out. */
export const filmNoteSchema = z.strictObject({
  patientId: identifier.optional(),
  issuerOfPatientId: identifier.optional(),
  /** The number by which a programme knows people across clinics. */
  nationalId: identifier.optional(),
  ageYears: z.int().min(0).max(130).optional(),
  sex: sexSchema.optional(),
  acquisitionDay: z.iso.date().optional(),
  bodyPart: z.enum(bodyParts).optional(),
  viewPosition: z.enum(viewPositions).optional(),
  laterality: z.enum(['L', 'R', 'B', 'U']).optional(),
  reason: examinationReasonSchema.optional(),
})
export type FilmNote = z.infer<typeof filmNoteSchema>

/** Who sends a film, and how. */
export type FilmDelivery = {
  readonly siteId: string
  readonly via: FilmWay
  /** The live one where not given. */
  readonly lane?: FilmLane
  readonly note?: FilmNote
}

/** Why nothing was kept: the sender must send again. */
export const inboxRefusals = ['INBOX_FULL', 'DISK_FULL', 'DISK_FAILED', 'FILM_ENDLESS', 'STOPPING'] as const
export type InboxRefusal = (typeof inboxRefusals)[number]

/** A film that survives a power cut, and what it is known by from now on. */
export type KeptFilm = { readonly kind: 'kept'; readonly arrivalId: string; readonly receivedAt: string }
export type InboxAnswer = KeptFilm | { readonly kind: 'refused'; readonly why: InboxRefusal }

/** A film while it comes in; it ends in `keep` or in `drop`. */
export type IncomingFilm = {
  /** Takes the next bytes; resolves when there is room for more. Never rejects: `keep` tells what went wrong. */
  readonly write: (bytes: Uint8Array) => Promise<void>
  /** Makes it safe. Only when this says `kept` may the sender be told so. */
  readonly keep: () => Promise<InboxAnswer>
  readonly drop: () => Promise<void>
}

/** Where films that come over a network are safe before their senders are answered. */
export type FilmInbox = {
  /** Begins a film; or says at once why none can be taken. */
  readonly open: (delivery: FilmDelivery) => Promise<IncomingFilm | InboxRefusal>
}
