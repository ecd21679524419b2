import { basename } from 'node:path'
import { z } from 'zod'
import { filmNoteSchema, filmWaySchema } from '../../contracts/film-inbox.ts'
import {
  arrivalIdSchema,
  instantSchema,
  sequenceSchema,
  siteIdSchema,
  spoolIdSchema,
} from '../../contracts/identifiers.ts'
import { filmLaneSchema } from '../../contracts/lane.ts'
import { filmSuffix, type SpoolHandle, sideSuffix } from '../spool-folder.ts'
import { openSealed, sealed } from './seal.ts'

/** What stands beside a film in the inbox, sealed like the film: what it is known by, and what its sender said. */
export const keptFilmSchema = z.object({
  arrivalId: arrivalIdSchema,
  siteId: siteIdSchema,
  spoolId: spoolIdSchema,
  sequence: sequenceSchema,
  receivedAt: instantSchema,
  via: filmWaySchema,
  lane: filmLaneSchema,
  /** Of the file as it came. */
  size: z.int().nonnegative(),
  isTooLarge: z.boolean(),
  note: filmNoteSchema.optional(),
  traceparent: z.string().max(100).optional(),
})
export type KeptFilmSide = z.infer<typeof keptFilmSchema>

/** A film of the inbox with what is known of it; its bytes stay on the disk. */
export type InboxEntry = {
  readonly handle: SpoolHandle
  readonly kept: KeptFilmSide
  /** The sealed film and the name under which it opens. */
  readonly file: string
  readonly name: string
}

/** The names under which the two files of an entry are sealed: without the folder, which may be taken over. */
export const filmNameOf = (handle: SpoolHandle): string => `${basename(handle)}${filmSuffix}`
const sideNameOf = (handle: SpoolHandle): string => `${basename(handle)}${sideSuffix}`

/** The side file of an entry. */
export const sealedSide = (key: Uint8Array, handle: SpoolHandle, kept: KeptFilmSide): Uint8Array =>
  sealed(key, sideNameOf(handle), Buffer.from(JSON.stringify(kept)))

/** Reads a side file; undefined where it is not one of this inbox. */
export const openSide = (
  key: Uint8Array,
  handle: SpoolHandle,
  file: Uint8Array,
): KeptFilmSide | undefined => {
  const content = openSealed(key, sideNameOf(handle), file)
  if (content === undefined) return undefined
  const parsed = keptFilmSchema.safeParse(JSON.parse(content.toString('utf8')))
  return parsed.success ? parsed.data : undefined
}
