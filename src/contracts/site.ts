import { z } from 'zod'
import { instantSchema, keyIdSchema, siteIdSchema, unattributedSite } from './identifiers.ts'

/** Younger than the time zones of ClickHouse 26.7. */
const unknownToClickHouse = new Set(['America/Coyhaique'])

/** Time zones by the names that both JavaScript and ClickHouse know; others are refused, not corrected. */
const zones: ReadonlySet<string> = new Set(
  [...Intl.supportedValuesOf('timeZone'), 'UTC'].filter((zone) => !unknownToClickHouse.has(zone)),
)

const timeZone = z
  .string()
  .refine((zone) => zones.has(zone), 'must be an IANA time zone by its own name, such as Europe/Lisbon')

/** What stands before the 32 bytes of an Ed25519 public key in SPKI (RFC 8410), in base64. */
const ed25519Key = /^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/

export const siteKeySchema = z.object({
  keyId: keyIdSchema,
  /** Ed25519 public key, SPKI in base64. */
  publicKey: z.string().regex(ed25519Key, 'must be an Ed25519 public key, SPKI in base64'),
  validFrom: instantSchema,
  validTo: instantSchema.optional(),
  /** From when on nothing that it signs is believed; what was appended before stays. */
  revokedAt: instantSchema.optional(),
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

/**
 * The public keys of a site under a key id that held at an instant: that at which Kafka first appended what they signed.
 * A key that was revoked later holds for what was appended before.
 */
export const keysAt = (site: Site, keyId: string, instant: string): readonly string[] =>
  site.keys
    .filter((key) => key.keyId === keyId && holdsAt(key, instant))
    .filter(({ revokedAt }) => revokedAt === undefined || instant < revokedAt)
    .map(({ publicKey }) => publicKey)

/** The record key of an entry of the registry. */
export const siteEntryKeyOf = (site: { siteId: string; validFrom: string }): string =>
  `${site.siteId}@${site.validFrom}`
