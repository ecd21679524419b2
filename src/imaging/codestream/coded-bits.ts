/** Reads the bits of coded data of a JPEG; behind their end it reads zeros. */
export type CodedBits = {
  /** The next 16 bits, which stay. */
  readonly peek: () => number
  /** Takes so many bits, 16 at most. */
  readonly take: (bits: number) => number
  /** How many bytes hold what has been taken; undefined where that is more than there is. */
  readonly usedBytes: () => number | undefined
}

/** Where the byte behind the one at `at` stands: a zero is stuffed behind 0xff, which may be repeated (ITU T.81, F.1.2.3). */
const behind = (data: Uint8Array, at: number): number => {
  if (data[at] !== 0xff) return at + 1
  let next = at + 1
  while (data[next] === 0xff) next += 1
  return next + 1
}

/** Creates the reader of data without markers. */
export const createCodedBits = (data: Uint8Array): CodedBits => {
  let at = 0
  let held = 0
  let count = 0
  let taken = 0
  const fill = (): void => {
    for (; count <= 24; count += 8) {
      held = (held << 8) | (data[at] ?? 0)
      at = behind(data, at)
    }
  }
  return {
    peek: () => {
      if (count < 16) fill()
      return (held >>> (count - 16)) & 0xffff
    },
    take: (bits) => {
      if (count < bits) fill()
      count -= bits
      taken += bits
      return (held >>> count) & ((1 << bits) - 1)
    },
    usedBytes: () => {
      let used = 0
      for (let left = Math.ceil(taken / 8); left > 0; left -= 1) {
        if (used >= data.length) return undefined
        used = behind(data, used)
      }
      return used <= data.length ? used : undefined
    },
  }
}

/** Reads the next symbol of a Huffman table; below 0 where the bits are no code of it. */
export type SymbolReader = (bits: CodedBits) => number

/** Makes a table to look codes up in, from a table segment: its kind, 16 counts, its symbols (ITU T.81, annex C). */
export const createSymbolReader = (table: Uint8Array): SymbolReader => {
  // For each 16 bits the length of the code that they begin with, and its symbol.
  const found = new Uint16Array(65_536)
  let first = 0
  let symbol = 17
  for (let length = 1; length <= 16; length += 1)
    for (let left = table[length] ?? 0; left > 0 && first < found.length; left -= 1) {
      const next = first + (1 << (16 - length))
      found.fill((length << 8) | (table[symbol] ?? 0), first, next)
      first = next
      symbol += 1
    }
  return (bits) => {
    const entry = found[bits.peek()] ?? 0
    if (entry === 0) return -1
    bits.take(entry >> 8)
    return entry & 0xff
  }
}
