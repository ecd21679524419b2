import { createHmac } from 'node:crypto'
import type { SubjectSource } from '../contracts/signed-film.ts'
import type { SiteKeys } from './site-keys.ts'

/** What of a film names it or a person; it stays at the clinic. */
export type FilmIdentity = {
  readonly sopInstanceUid?: string | undefined
  readonly patientId?: string | undefined
  readonly issuerOfPatientId?: string | undefined
  /** A number by which a programme knows people across clinics. */
  readonly nationalId?: string | undefined
}

/** The pseudonyms under which a film travels: lower-case hex. */
export type FilmPseudonyms = {
  readonly eventId: string
  readonly subjectKey: string
  readonly subjectFrom: SubjectSource
  readonly linkKey?: string
}

/** HMAC-SHA-256 over parts that each carry their length, so that no two lists of parts look alike. */
const pseudonym = (key: Uint8Array, domain: string, ...parts: readonly string[]): string => {
  const hmac = createHmac('sha256', key)
  for (const part of [domain, ...parts]) {
    const bytes = Buffer.from(part, 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hmac.update(length).update(bytes)
  }
  return hmac.digest('hex')
}

/** Identifiers are compared without what DICOM pads them with: blanks, and a zero byte after a UID. */
const trimmed = (text: string | undefined): string | undefined => {
  const bare = text?.replaceAll('\0', '').trim()
  return bare === '' ? undefined : bare
}

/** Which film: from its SOP Instance UID, or from the hash of the file as it came where it has none. */
export const eventIdOf = (keys: SiteKeys, film: { sopInstanceUid?: string | undefined; sha256: string }) => {
  const uid = trimmed(film.sopInstanceUid)
  return uid === undefined
    ? pseudonym(keys.identityKey, 'content', film.sha256)
    : pseudonym(keys.identityKey, 'sop-instance', uid)
}

/** Whose film, within a site: from who issued the patient id and the id. */
export const subjectKeyOf = (keys: SiteKeys, issuer: string | undefined, patientId: string): string =>
  pseudonym(keys.subjectKey, 'patient', trimmed(issuer) ?? '', trimmed(patientId) ?? '')

/** Whose film, across the sites of a programme. */
export const linkKeyOf = (programmeKey: Uint8Array, nationalId: string): string =>
  pseudonym(programmeKey, 'national', trimmed(nationalId) ?? '')

/** A UID that stands for another one: the same each time, and nobody can find the first from it (PS3.5 B.2). */
export const replacementUidOf = (keys: SiteKeys, uid: string): string =>
  `2.25.${BigInt(`0x${pseudonym(keys.identityKey, 'uid', trimmed(uid) ?? '').slice(0, 32)}`)}`

/**
 * Makes the pseudonyms of a film. One without a patient id gets a person of its own, so it never merges
 * with another.
 */
export const identifyFilm = (
  keys: SiteKeys,
  identity: FilmIdentity,
  /** SHA-256 of the file as it came. */
  sha256: string,
): FilmPseudonyms => {
  const eventId = eventIdOf(keys, { sopInstanceUid: identity.sopInstanceUid, sha256 })
  const patientId = trimmed(identity.patientId)
  const nationalId = trimmed(identity.nationalId)
  return {
    eventId,
    subjectKey:
      patientId === undefined
        ? pseudonym(keys.subjectKey, 'film', eventId)
        : subjectKeyOf(keys, identity.issuerOfPatientId, patientId),
    subjectFrom: patientId === undefined ? 'film' : 'patient',
    ...(nationalId === undefined || keys.programmeKey === undefined
      ? {}
      : { linkKey: linkKeyOf(keys.programmeKey, nationalId) }),
  }
}
