import { randomFillSync } from 'node:crypto'

/**
 * Mints UUIDs of version 7 (RFC 9562): the instant in milliseconds, then randomness. With a random source
 * of one's own they can be repeated.
 */
export const mintArrivalId = (
  instant: Date,
  fill: (bytes: Uint8Array) => unknown = (bytes) => randomFillSync(bytes),
): string => {
  const bytes = Buffer.alloc(16)
  fill(bytes)
  bytes.writeUIntBE(instant.getTime(), 0, 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
