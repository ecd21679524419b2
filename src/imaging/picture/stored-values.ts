import type { FilmHeader } from '../film-header.ts'

type Values = Pick<FilmHeader, 'bitsStored' | 'highBit' | 'signed'>

/** Words of a film as its file has them. */
export type FilmWords = {
  /** May be a view of the file's bytes: it is never written to. */
  readonly words: Uint16Array
  /**
   * `values`: each word is a stored value. `packed`: the stored bits lie where the header says, others may stand beside
   * them. `turned`: packed, and the bytes of each word are the other way round, for the file is big endian.
   */
  readonly layout: 'values' | 'packed' | 'turned'
}

/**
 * Samples as unsigned words, whatever their alignment in memory. Words of 16 bits that lie evenly in memory are not
 * copied: what is returned may be a view of `bytes`.
 */
export const wordsOf = (bytes: Uint8Array, count: number, bitsAllocated: number): Uint16Array => {
  if (bitsAllocated === 8) return new Uint16Array(bytes.subarray(0, count))
  if (bytes.byteOffset % 2 === 0) return new Uint16Array(bytes.buffer, bytes.byteOffset, count)
  return new Uint16Array(bytes.slice(0, count * 2).buffer)
}

/** The words of uncompressed pixels. Only words of 16 bits are turned; samples of 8 bits are in their order already. */
export const nativeWordsOf = (
  bytes: Uint8Array,
  count: number,
  { bitsAllocated }: Pick<FilmHeader, 'bitsAllocated'>,
  isBigEndian: boolean,
): FilmWords => ({
  words: wordsOf(bytes, count, bitsAllocated),
  layout: isBigEndian && bitsAllocated === 16 ? 'turned' : 'packed',
})

/** The words with their bytes the other way round. */
const turn = (words: Uint16Array, room?: Uint16Array): Uint16Array => {
  const turned = (room ?? new Uint16Array(words.length)).subarray(0, words.length)
  turned.set(words)
  Buffer.from(turned.buffer, turned.byteOffset, turned.byteLength).swap16()
  return turned
}

const withSign = (words: Uint16Array, signed: boolean): Uint16Array | Int16Array =>
  signed ? new Int16Array(words.buffer, words.byteOffset, words.length) : words

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

/** How far above the lowest bit of a word its stored bits begin. */
export const shiftOf = ({ bitsStored, highBit }: Values): number => highBit + 1 - bitsStored

/**
 * Cuts the stored bits out of each word: what else a word holds (overlays of old films) is no pixel. Words without
 * anything else are returned as they are; others go into `room`, which may be the words themselves.
 */
export const maskStored = (
  words: Uint16Array,
  values: Values,
  room?: Uint16Array,
): Uint16Array | Int16Array => {
  const { bitsStored, signed } = values
  const shift = shiftOf(values)
  const mask = 2 ** bitsStored - 1
  if (bitsStored === 16 || (!signed && shift === 0 && isClean(words, mask))) return withSign(words, signed)
  const out = (room ?? new Uint16Array(words.length)).subarray(0, words.length)
  const unused = 32 - bitsStored
  for (let index = 0; index < words.length; index += 1) {
    const word = (words[index] ?? 0) >> shift
    out[index] = signed ? (word << unused) >> unused : word & mask
  }
  return withSign(out, signed)
}

/** The stored values of words; they may be the words themselves, and lie in `room` otherwise. */
export const storedOf = (film: FilmWords, values: Values, room?: Uint16Array): Uint16Array | Int16Array => {
  const { words, layout } = film
  if (layout === 'values') return withSign(words, values.signed)
  if (layout === 'packed') return maskStored(words, values, room)
  const turned = turn(words, room)
  return maskStored(turned, values, turned)
}

/**
 * Brings what a lossy decoder gave into the range of the stored bits: ringing may leave it by a little, and to cut
 * bits off would turn the brightest pixels black. `bits` is the precision of the codestream; `words` are changed.
 */
export const clampStored = (words: Uint16Array, values: Values, bits: number): Uint16Array => {
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
  return words.map((word) => Math.min(highest, Math.max(lowest, (word << unused) >> unused)))
}
