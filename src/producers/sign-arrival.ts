import { type SignedFilm, signedFilmSchema, signedText } from '../contracts/signed-film.ts'
import { sha256Of } from '../runtime/sha256.ts'
import { signText } from '../runtime/signatures.ts'
import type { SiteKeys } from './site-keys.ts'
import type { SpooledArrival } from './spool.ts'

/** An arrival as it is published: what the site signed, the text of its attributes, and the signature. */
export type SignedArrival = {
  readonly film: SignedFilm
  readonly attributesText: string
  readonly signature: string
}

/** Signs an arrival with the site's present key, at the moment at which it is sent. */
export const signArrival = (
  keys: Pick<SiteKeys, 'signing'>,
  arrival: SpooledArrival,
  sentAt: Date,
): SignedArrival => {
  const attributesText = JSON.stringify(arrival.attributes)
  // The schema takes from the spooled arrival what is signed, and leaves the rest.
  const film = signedFilmSchema.parse({
    ...arrival,
    sentAt: sentAt.toISOString(),
    attributesSha256: sha256Of(attributesText),
    keyId: keys.signing.keyId,
  })
  return { film, attributesText, signature: signText(keys.signing.privateKey, signedText(film)) }
}
