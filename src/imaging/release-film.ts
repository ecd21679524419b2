import type { DecodedFilm } from './decode-film.ts'

/** Smaller memory may have several owners: Node cuts small arrays out of one piece for all. */
const ownBytes = 1024 * 1024

const release = ({ buffer }: Uint8Array | Uint16Array): void => {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= ownBytes) buffer.transfer(0)
}

/**
 * Gives back the memory of a film and of its file, which only their owner may do: views of either are empty then. What
 * is left to V8 waits for a collection of the whole heap, and meanwhile each film gets new memory, which the kernel
 * clears page by page: both take longer than to decode a film.
 */
export const releaseFilm = (file: Uint8Array, { words, header }: DecodedFilm): void => {
  release(file)
  release(words)
  const inflated = header.dicom?.inflated
  if (inflated !== undefined) release(inflated)
}
