import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/**
 * A sealed file: 4 letters and 32 random bytes, then the content under AES-256-GCM with a key of its own, then the 16
 * bytes that show whether anything was changed. Each file has its own key, so the nonce may be the same one.
 */
const magic = Buffer.from('OSI1')
const saltBytes = 32
const tagBytes = 16
const headBytes = magic.length + saltBytes
const nonce = Buffer.alloc(12)

/** The bytes that sealing adds to a content. */
export const sealedExtraBytes = headBytes + tagBytes

const keyOf = (key: Uint8Array, salt: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, 'osteostream inbox', 32))

/** Seals a content that comes in pieces: `head`, then each piece, then `end`. */
export type Seal = {
  readonly head: Uint8Array
  readonly piece: (bytes: Uint8Array) => Uint8Array
  readonly end: () => Uint8Array
}

/** Begins to seal a content under a name: it opens under no other one, so files cannot be exchanged. */
export const createSeal = (key: Uint8Array, name: string): Seal => {
  const salt = randomBytes(saltBytes)
  const cipher = createCipheriv('aes-256-gcm', keyOf(key, salt), nonce)
  cipher.setAAD(Buffer.from(name))
  return {
    head: Buffer.concat([magic, salt]),
    piece: (bytes) => cipher.update(bytes),
    end: () => Buffer.concat([cipher.final(), cipher.getAuthTag()]),
  }
}

/** Seals a whole content. */
export const sealed = (key: Uint8Array, name: string, content: Uint8Array): Uint8Array => {
  const seal = createSeal(key, name)
  return Buffer.concat([seal.head, seal.piece(content), seal.end()])
}

/** Opens a sealed file; undefined where it is damaged, cut off, of another name or under another key. */
export const openSealed = (key: Uint8Array, name: string, file: Uint8Array): Buffer | undefined => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length)
  if (bytes.length < sealedExtraBytes || !bytes.subarray(0, magic.length).equals(magic)) return undefined
  const salt = bytes.subarray(magic.length, headBytes)
  const decipher = createDecipheriv('aes-256-gcm', keyOf(key, salt), nonce)
  decipher.setAAD(Buffer.from(name))
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
  const content = decipher.update(bytes.subarray(headBytes, bytes.length - tagBytes))
  try {
    decipher.final()
    return content
  } catch {
    // The only thing that it can say: the tag is not that of these bytes.
    return undefined
  }
}
