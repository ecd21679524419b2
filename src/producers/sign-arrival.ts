import { sign } from 'node:crypto'
import { signedText } from '../contracts/image-event.ts'
import type { SiteKeys } from './site-keys.ts'

/** The signature of a site under an arrival, and which of its keys made it. */
export type ArrivalSignature = { readonly signature: string; readonly keyId: string }

/** Signs an arrival with the site's Ed25519 key; base64. */
export const signArrival = (keys: SiteKeys, arrival: Parameters<typeof signedText>[0]): ArrivalSignature => ({
  signature: sign(null, Buffer.from(signedText(arrival)), keys.signing.privateKey).toString('base64'),
  keyId: keys.signing.keyId,
})
