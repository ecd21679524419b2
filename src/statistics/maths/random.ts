import { aPart, listOf, numberFrom, requireInputs } from '../inputs/input-rules.ts'
/** Uniform numbers in [0, 1), the only source of chance in this library; always passed in, never global. */
export type Random = () => number

const mix = (state: number): number => {
  let z = state
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}

/**
 * Creates a seeded generator (sfc32, Chris Doty-Humphrey, PractRand): 128 bits of state, integer arithmetic only,
 * so the same seed gives the same numbers on every machine. Each number carries 53 random bits.
 */
export const createRandom = (seed: number): Random => {
  requireInputs({ seed }, { seed: numberFrom(0, Number.MAX_SAFE_INTEGER) })
  const low = seed >>> 0
  const high = Math.floor(seed / 2 ** 32) >>> 0
  let a = mix(low + 0x9e3779b9)
  let b = mix((low ^ high) + 0x3c6ef372)
  let c = mix(high + 0xdaa66d2b)
  let counter = 1
  const next = (): number => {
    const result = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + result) | 0
    return result >>> 0
  }
  for (let i = 0; i < 12; i += 1) next()
  return () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992
}

/**
 * Derives a seed (0 … 2^32 − 1) from parts such as scope, window, method and input counts, so that a bootstrap gives
 * the same bytes whenever its inputs are the same. FNV-1a over UTF-16 units, then an avalanche step.
 */
export const seedFrom = (...parts: readonly (string | number)[]): number => {
  requireInputs({ parts }, { parts: listOf(aPart) })
  let hash = 0x811c9dc5
  for (const part of parts) {
    const text = `${typeof part === 'number' ? 'n' : 's'}${part}\u0000`
    for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return mix(hash)
}
