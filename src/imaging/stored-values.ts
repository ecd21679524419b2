import type { FilmHeader } from './film-header.ts'

type Values = Pick<FilmHeader, 'bitsStored' | 'highBit' | 'signed'>

/**
 * Samples as unsigned words, whatever their order of bytes and their alignment in memory. Little-endian words of 16
 * bits that lie evenly in memory are not copied: what is returned may be a view of `bytes`.
 */
export const wordsOf = (
  bytes: Uint8Array,
  count: number,
  bitsAllocated: number,
  swap = false,
): Uint16Array => {
  if (bitsAllocated === 8) return new Uint16Array(bytes.subarray(0, count))
  if (!swap && bytes.byteOffset % 2 === 0) return new Uint16Array(bytes.buffer, bytes.byteOffset, count)
  const copy = bytes.slice(0, count * 2)
  if (swap) Buffer.from(copy.buffer).swap16()
  return new Uint16Array(copy.buffer)
}

/** Whether no word has a bit outside of the mask; two words are looked at together. */
const isClean = (words: Uint16Array, mask: number): boolean => {
  if (words.length === 0) return true
  // Pairs lie evenly in memory: a word before them, or after, is looked at by itself.
  const first = words.byteOffset % 4 === 0 ? 0 : 1
  const paired = (words.length - first) & ~1
  const pairs = new Uint32Array(words.buffer, words.byteOffset + first * 2, paired / 2)
  // Four at a time: one after the other they wait for each other, and take twice as long.
  let [a, b, c, d] = [0, 0, 0, 0]
  let pair = 0
  for (; pair + 3 < pairs.length; pair += 4) {
    a |= pairs[pair] ?? 0
    b |= pairs[pair + 1] ?? 0
    c |= pairs[pair + 2] ?? 0
    d |= pairs[pair + 3] ?? 0
  }
  let seen = a | b | c | d
  for (; pair < pairs.length; pair += 1) seen |= pairs[pair] ?? 0
  seen |= (first === 1 ? (words[0] ?? 0) : 0) | (words[first + paired] ?? 0)
  return (((seen >>> 16) | seen) & 0xffff & ~mask) === 0
}

/**
 * Cuts the stored bits out of each word: what else a word holds (overlays of old films) is no pixel. Unsigned words
 * without anything else are returned as they are.
 */
export const maskStored = (words: Uint16Array, values: Values): Uint16Array | Int16Array => {
  const { bitsStored, highBit, signed } = values
  const shift = highBit + 1 - bitsStored
  const mask = 2 ** bitsStored - 1
  if (!signed && shift === 0 && isClean(words, mask)) return words
  const out = signed ? new Int16Array(words.length) : new Uint16Array(words.length)
  const unused = 32 - bitsStored
  for (let index = 0; index < words.length; index += 1) {
    const word = (words[index] ?? 0) >> shift
    out[index] = signed ? (word << unused) >> unused : word & mask
  }
  return out
}

/**
 * Brings what a lossy decoder gave into the range of the stored bits: ringing may leave it by a little, and to cut
 * bits off would turn the brightest pixels black. `bits` is the precision of the codestream; `words` are changed.
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
