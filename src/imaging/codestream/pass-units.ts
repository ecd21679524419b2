import type { CodedBits, SymbolReader } from './coded-bits.ts'

/** What of a scan's head tells how its units are coded. */
export type ScanSpan = { readonly first: number; readonly last: number; readonly isRefinement: boolean }

/** Passes over one unit of a component; false where the bits are no code. */
export type PassUnit = {
  readonly pass: (bits: CodedBits, unit: number) => boolean
  /** A restart forgets a run of empty units. */
  readonly restart: () => void
}

const withoutRuns = (pass: PassUnit['pass']): PassUnit => ({ pass, restart: () => {} })

/** A difference: how long it is, and its bits; one of 16 has none (ITU T.81, H.1.2.2). */
const passDifference = (dc: SymbolReader, bits: CodedBits): boolean => {
  const size = dc(bits)
  if (size < 0 || size > 16) return false
  if (size < 16) bits.take(size)
  return true
}

/** Samples of a lossless JPEG, and first passes over the mean of a block. */
export const passDifferences = (dc: SymbolReader): PassUnit => withoutRuns((bits) => passDifference(dc, bits))

/** One bit a block: later passes over its mean. */
export const passBits = (): PassUnit =>
  withoutRuns((bits) => {
    bits.take(1)
    return true
  })

/** Blocks of a sequential JPEG. */
export const passBlocks = (dc: SymbolReader, ac: SymbolReader): PassUnit =>
  withoutRuns((bits) => {
    if (!passDifference(dc, bits)) return false
    for (let at = 1; at < 64; at += 1) {
      const code = ac(bits)
      if (code < 0) return false
      const [zeros, size] = [code >> 4, code & 15]
      if (size === 0 && zeros < 15) return true
      bits.take(size)
      at += zeros
    }
    return true
  })

/** Coefficients of a component that are not zero: later passes spend bits on them. */
export type Coefficients = Map<number, Uint8Array>

const blocksOfPage = 1024

const blockOf = (coefficients: Coefficients, unit: number): Uint8Array | undefined => {
  const start = 64 * (unit % blocksOfPage)
  return coefficients.get(Math.floor(unit / blocksOfPage))?.subarray(start, start + 64)
}

const newBlockOf = (coefficients: Coefficients, unit: number): Uint8Array => {
  const page = Math.floor(unit / blocksOfPage)
  if (!coefficients.has(page)) coefficients.set(page, new Uint8Array(64 * blocksOfPage))
  return blockOf(coefficients, unit) ?? new Uint8Array(64)
}

const empty = new Uint8Array(64)

/** First passes over coefficients of a progressive JPEG (ITU T.81, G.1.2.2). */
export const passCoefficients = (
  ac: SymbolReader,
  { first, last }: ScanSpan,
  coefficients: Coefficients,
): PassUnit => {
  let run = 0
  const pass = (bits: CodedBits, unit: number): boolean => {
    if (run > 0) {
      run -= 1
      return true
    }
    for (let at = first; at <= last; at += 1) {
      const code = ac(bits)
      if (code < 0) return false
      const [zeros, size] = [code >> 4, code & 15]
      if (size === 0 && zeros < 15) {
        run = (1 << zeros) + bits.take(zeros) - 1
        return true
      }
      at += zeros
      if (size > 0) bits.take(size)
      if (size > 0 && at <= last) newBlockOf(coefficients, unit)[at] = 1
    }
    return true
  }
  return {
    pass,
    restart: () => {
      run = 0
    },
  }
}

/** Takes the bit of each coefficient that is not zero, up to a place behind so many zeros; says where that is. */
const passOver = (bits: CodedBits, block: Uint8Array, from: number, last: number, zeros: number): number => {
  let left = zeros
  for (let at = from; at <= last; at += 1) {
    if (block[at] === 1) bits.take(1)
    else if (left === 0) return at
    else left -= 1
  }
  return last + 1
}

/** Later passes over coefficients of a progressive JPEG (ITU T.81, G.1.2.3). */
export const refineCoefficients = (
  ac: SymbolReader,
  { first, last }: ScanSpan,
  coefficients: Coefficients,
): PassUnit => {
  let run = 0
  const pass = (bits: CodedBits, unit: number): boolean => {
    const block = blockOf(coefficients, unit) ?? empty
    let at = first
    while (run === 0 && at <= last) {
      const code = ac(bits)
      if (code < 0 || (code & 15) > 1) return false
      const [zeros, size] = [code >> 4, code & 15]
      if (size === 0 && zeros < 15) run = (1 << zeros) + bits.take(zeros)
      else {
        if (size === 1) bits.take(1)
        at = passOver(bits, block, at, last, zeros)
        if (size === 1 && at <= last) newBlockOf(coefficients, unit)[at] = 1
        at += 1
      }
    }
    if (run === 0) return true
    passOver(bits, block, at, last, 64)
    run -= 1
    return true
  }
  return {
    pass,
    restart: () => {
      run = 0
    },
  }
}
