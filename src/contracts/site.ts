import { z } from 'zod'
import { instantSchema, siteIdSchema, unattributedSite } from './identifiers.ts'

const timeZone = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}, 'must be an IANA time zone such as Europe/Lisbon')

export const siteKeySchema = z.object({
  keyId: z.string().min(1).max(64),
  /** Ed25519 public key, SPKI in base64: a key of another kind could not be used to verify anything. */
  publicKey: z
    .string()
    .regex(/^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/, 'must be an Ed25519 public key (SPKI, base64)'),
  validFrom: instantSchema,
  validTo: instantSchema.optional(),
})

/** A clinic that may send films, with the period in which this entry holds. */
export const siteSchema = z.object({
  siteId: siteIdSchema.refine((id) => id !== unattributedSite, `'${unattributedSite}' is reserved`),
  name: z.string().min(1).max(120),
  region: z.string().min(1).max(60),
  timeZone,
  /** Whether the people are real; a synthetic card never corrects real people. */
  domain: z.enum(['synthetic', 'real']),
  keys: z.array(siteKeySchema).min(1),
  validFrom: instantSchema,
  validTo: instantSchema.optional(),
})
export type Site = z.infer<typeof siteSchema>
export const siteEventType = 'org.osteostream.site.v1'

/** Whether an instant lies in a period that may be open at its end. */
export const holdsAt = (
  period: { validFrom: string; validTo?: string | undefined },
  instant: string,
): boolean => period.validFrom <= instant && (period.validTo === undefined || instant < period.validTo)
