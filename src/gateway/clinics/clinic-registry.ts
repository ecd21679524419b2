import { timingSafeEqual } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { instantSchema, sha256Schema, siteIdSchema } from '../../contracts/identifiers.ts'
import { sha256Of } from '../../runtime/sha256.ts'

export const aeTitleSchema = z
  .string()
  .trim()
  .regex(/^[\x20-\x5b\x5d-\x7e]{1,16}$/, 'must be 1 to 16 printable characters without a backslash')

/** A clinic and how its systems are known: whoever shows none of this is refused. */
export const clinicEntrySchema = z.strictObject({
  clinic: siteIdSchema,
  /** What its X-ray systems call themselves. */
  aeTitles: z.array(aeTitleSchema).default([]),
  /** SHA-256 of its bearer tokens: the tokens themselves are nowhere. */
  tokens: z.array(sha256Schema).default([]),
  /** SHA-256 fingerprints of its certificates. With one, its X-ray systems must show it. */
  certificates: z.array(sha256Schema).default([]),
  /** Addresses from which it sends; anywhere where empty. */
  addresses: z.array(z.union([z.ipv4(), z.ipv6()])).default([]),
  /** Who looked at its twenty films and when. */
  accepted: z.strictObject({ who: z.string().min(1).max(120), at: instantSchema }).optional(),
})
export type ClinicEntry = z.infer<typeof clinicEntrySchema>

const twice = (values: readonly string[]): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index)

/** The file of the clinics; a title, a token or a certificate belongs to one clinic. */
export const clinicsSchema = z.array(clinicEntrySchema).superRefine((clinics, context) => {
  const fields = {
    clinic: clinics.map(({ clinic }) => clinic),
    aeTitles: clinics.flatMap(({ aeTitles }) => aeTitles),
    tokens: clinics.flatMap(({ tokens }) => tokens),
    certificates: clinics.flatMap(({ certificates }) => certificates),
  }
  for (const [field, values] of Object.entries(fields)) {
    const shared = twice(values)
    if (shared !== undefined)
      context.addIssue({ code: 'custom', message: `${field}: ${shared.slice(0, 64)} stands there twice` })
  }
})

/** Who asks: what the connection itself shows. */
export type Peer = {
  readonly address: string
  /** SHA-256 of the certificate that it has proved. */
  readonly fingerprint?: string | undefined
}

const plainAddress = (address: string): string => address.replace(/^::ffff:/, '')

/** Whether an address is this machine's own. */
export const isLoopback = (address: string): boolean => {
  const plain = plainAddress(address)
  return plain.startsWith('127.') || (isIPv6(plain) && plain === '::1')
}

const mayCome = (entry: ClinicEntry, peer: Peer): boolean =>
  entry.addresses.length === 0 || entry.addresses.includes(plainAddress(peer.address))

/** A certificate of another clinic speaks against the title; one's own is asked for where it is registered. */
const certificateFits = (
  clinics: readonly ClinicEntry[],
  entry: ClinicEntry,
  { fingerprint }: Peer,
): boolean => {
  if (entry.certificates.length > 0)
    return fingerprint !== undefined && entry.certificates.includes(fingerprint)
  return fingerprint === undefined || !clinics.some(({ certificates }) => certificates.includes(fingerprint))
}

/** The clinic of a calling AE title; undefined where it has none, or the connection is another's. */
export const clinicOfAeTitle = (
  clinics: readonly ClinicEntry[],
  aeTitle: string,
  peer: Peer,
): string | undefined => {
  const entry = clinics.find(({ aeTitles }) => aeTitles.includes(aeTitle.trim()))
  if (entry === undefined || !mayCome(entry, peer) || !certificateFits(clinics, entry, peer)) return undefined
  return entry.clinic
}

const isSame = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(one), Buffer.from(other))

/** The clinic of an HTTP request: of its bearer token, or of its certificate where it has no token. */
export const clinicOfRequest = (
  clinics: readonly ClinicEntry[],
  token: string | undefined,
  peer: Peer,
): string | undefined => {
  const digest = token === undefined ? undefined : sha256Of(token)
  const entry =
    digest === undefined
      ? clinics.find(({ certificates }) => certificates.includes(peer.fingerprint ?? ''))
      : clinics.find(({ tokens }) => tokens.some((known) => isSame(known, digest)))
  if (entry === undefined || !mayCome(entry, peer)) return undefined
  // A token under the certificate of another clinic is a stolen one.
  return digest === undefined || certificateFits(clinics, entry, peer) ? entry.clinic : undefined
}
