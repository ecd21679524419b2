import type { FilmHeader } from './film-header.ts'

type Values = Pick<FilmHeader, 'bitsStored' | 'highBit' | 'signed'>

/** Samples as unsigned words, whatever their order of bytes and their alignment in memory. */
export const wordsOf = (
  bytes: Uint8Array,
  count: number,
  bitsAllocated: number,
  swap = false,
): Uint16Array => {
  if (bitsAllocated === 8) return Uint16Array.from(bytes.subarray(0, count))
  const copy = bytes.slice(0, count * 2)
  if (swap) Buffer.from(copy.buffer).swap16()
  return new Uint16Array(copy.buffer)
}

/** Cuts the stored bits out of each word: what else a word holds (overlays of old films) is no pixel. */
export const maskStored = (words: Uint16Array, values: Values): Uint16Array | Int16Array => {
  const { bitsStored, highBit, signed } = values
  const shift = highBit + 1 - bitsStored
  const mask = bitsStored === 16 ? 0xffff : (1 << bitsStored) - 1
  if (signed) {
    const unused = 32 - bitsStored
    const out = new Int16Array(words.length)
    for (let index = 0; index < words.length; index += 1)
      out[index] = (((words[index] ?? 0) >> shift) << unused) >> unused
    return out
  }
  if (shift === 0 && mask === 0xffff) return words
  for (let index = 0; index < words.length; index += 1) words[index] = ((words[index] ?? 0) >> shift) & mask
  return words
}

/**
 * Brings what a lossy decoder gave into the range of the stored bits: ringing may leave it by a little, and to cut
 * bits off would turn the brightest pixels black. `bits` is the precision of the codestream.
 */
export const clampStored = (words: Uint16Array, values: Values, bits: number): Uint16Array | Int16Array => {
  const { bitsStored, signed } = values
  if (!signed) {
    const highest = 2 ** bitsStored - 1
    if (bits <= bitsStored) return words
    for (let index = 0; index < words.length; index += 1)
      if ((words[index] ?? 0) > highest) words[index] = highest
    return words
  }
  const unused = 32 - bits
  const [lowest, highest] = [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1]
  return Int16Array.from(words, (word) => Math.min(highest, Math.max(lowest, (word << unused) >> unused)))
}
