import { createHmac, createPublicKey, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto'

/** HMAC-SHA-256 of a text in lower-case hex. */
export const macOf = (key: Uint8Array, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex')

/** Whether a MAC is that of a text; takes the same time for every wrong one. */
export const isMacOf = (key: Uint8Array, text: string, mac: string): boolean => {
  const [expected, given] = [Buffer.from(macOf(key, text)), Buffer.from(mac)]
  return expected.length === given.length && timingSafeEqual(expected, given)
}

/** Ed25519 over a text, in base64. */
export const signText = (privateKey: KeyObject, text: string): string =>
  sign(null, Buffer.from(text), privateKey).toString('base64')

const keptKeys = 1000

/** Checks Ed25519 signatures in base64 under public keys in SPKI and base64; parsed keys are kept. */
export const createSignatureCheck = () => {
  const known = new Map<string, KeyObject>()
  const parsed = (publicKey: string): KeyObject => {
    const kept = known.get(publicKey)
    if (kept !== undefined) return kept
    if (known.size >= keptKeys) known.clear()
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    known.set(publicKey, key)
    return key
  }
  return (publicKey: string, text: string, signature: string): boolean =>
    verify(null, Buffer.from(text), parsed(publicKey), Buffer.from(signature, 'base64'))
}
export type SignatureCheck = ReturnType<typeof createSignatureCheck>
