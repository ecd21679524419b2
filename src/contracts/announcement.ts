import { z } from 'zod'
import { instantSchema, siteIdSchema } from './identifiers.ts'

/** What a clinic says of a change of its own before anybody sees it in the figures. */
export const announcedChanges = [
  'detector',
  'x-ray-system',
  'software',
  'processing',
  'protocol',
  'patients',
  'other',
] as const

/** An announced change: "new detector at clinic X from 3 May". */
export const announcementSchema = z.object({
  announcementId: z.uuid(),
  siteId: siteIdSchema,
  change: z.enum(announcedChanges),
  /** First day of the change, in the clinic's own time zone. */
  from: z.iso.date(),
  text: z.string().min(1).max(200),
  /** A role, never a patient. */
  who: z.string().min(1).max(120),
  at: instantSchema,
})
export type Announcement = z.infer<typeof announcementSchema>
export const announcementEventType = 'org.osteostream.announcement.v1'
