import { randomBytes } from 'node:crypto'
import { SetupError } from '../../runtime/errors.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import { type ClinicEntry, clinicEntrySchema, clinicsSchema } from './clinic-registry.ts'

/** What is added to a clinic, which is made where it is not there. */
export type ClinicAddition = {
  readonly clinic: string
  readonly aeTitles: readonly string[]
  readonly addresses: readonly string[]
  /** Fingerprints. */
  readonly certificates: readonly string[]
  readonly wantsToken: boolean
}

const checked = (clinics: readonly unknown[]): readonly ClinicEntry[] => {
  const parsed = clinicsSchema.safeParse(clinics)
  if (parsed.success) return parsed.data
  throw new SetupError(
    'SETTING_INVALID',
    `this is no clinic: ${parsed.error.issues.map(({ message }) => message).join('; ')}`,
    'a title, a token or a certificate belongs to one clinic; see `npm start -- gateway clinics list`',
  )
}

const union = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])]

/** Adds to a clinic; a token that is asked for comes back once and is kept as its hash. */
export const addToClinic = (
  clinics: readonly ClinicEntry[],
  addition: ClinicAddition,
): { readonly clinics: readonly ClinicEntry[]; readonly token: string | undefined } => {
  const { clinic, aeTitles, addresses, certificates, wantsToken } = addition
  const token = wantsToken ? randomBytes(32).toString('base64url') : undefined
  const before =
    clinics.find((entry) => entry.clinic === clinic) ?? clinicEntrySchema.safeParse({ clinic }).data
  const entry = {
    ...before,
    clinic,
    aeTitles: union(before?.aeTitles ?? [], aeTitles),
    addresses: union(before?.addresses ?? [], addresses),
    certificates: union(before?.certificates ?? [], certificates),
    tokens: union(before?.tokens ?? [], token === undefined ? [] : [sha256Of(token)]),
  }
  const others = clinics.filter((known) => known.clinic !== clinic)
  return { clinics: checked([...others, entry]), token }
}

/** Takes a clinic out: its systems are refused from their next connection on. Throws SetupError SITE_UNKNOWN. */
export const withoutClinic = (clinics: readonly ClinicEntry[], clinic: string): readonly ClinicEntry[] => {
  if (clinics.some((entry) => entry.clinic === clinic))
    return clinics.filter((entry) => entry.clinic !== clinic)
  throw new SetupError(
    'SITE_UNKNOWN',
    `no clinic ${clinic} may send to this gateway`,
    '`npm start -- gateway clinics list` names those that may',
  )
}
