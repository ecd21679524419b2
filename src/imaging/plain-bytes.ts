/**
 * The same bytes as a plain array: `slice` of a Buffer, which is a Uint8Array too, answers a view and not a copy, so
 * a step that changes its copy would change the film.
 */
export const plainBytes = (bytes: Uint8Array): Uint8Array =>
  Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes

/** A view of bytes, wherever they stand in their buffer. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
