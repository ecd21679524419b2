/** Tables of a JPEG, each by its kind and number, with the segment that holds it alone. */
export type JpegTables = ReadonlyMap<string, Uint8Array>

/** A segment: marker, length, content. */
export const segmentOf = (marker: number, ...contents: readonly Uint8Array[]): Uint8Array => {
  const length = contents.reduce((sum, content) => sum + content.length, 2)
  return new Uint8Array(Buffer.concat([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), ...contents]))
}

/** Cuts a segment into tables of known size; undefined where bytes are left over, which may be anything. */
const split = (
  content: Uint8Array,
  tableOf: (at: number) => { name: string; length: number } | undefined,
): Map<string, Uint8Array> | undefined => {
  const tables = new Map<string, Uint8Array>()
  for (let at = 0; at < content.length; ) {
    const table = tableOf(at)
    if (table === undefined || at + table.length > content.length) return undefined
    tables.set(table.name, content.subarray(at, at + table.length))
    at += table.length
  }
  return tables
}

/** Quantization tables (ITU T.81, B.2.4.1). */
export const quantizationTables = (content: Uint8Array): JpegTables | undefined =>
  split(content, (at) => {
    const [precision, id] = [(content[at] ?? 0) >> 4, (content[at] ?? 0) & 15]
    return precision > 1 || id > 3 ? undefined : { name: `q${id}`, length: 1 + 64 * (precision + 1) }
  })

const distinct = (values: Uint8Array): boolean => new Set(values).size === values.length

/**
 * Whether the symbols are ones of the process: lengths of differences, or runs with lengths. Text in the place of a
 * table repeats letters and has no such lengths.
 */
const arePossible = (isAc: boolean, values: Uint8Array): boolean =>
  distinct(values) && values.every((value) => (isAc ? (value & 15) <= 14 : value <= 16))

/** Huffman tables (ITU T.81, B.2.4.2). */
export const huffmanTables = (content: Uint8Array): JpegTables | undefined =>
  split(content, (at) => {
    const [kind, id] = [(content[at] ?? 0) >> 4, (content[at] ?? 0) & 15]
    const total = content.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0)
    if (kind > 1 || id > 3 || total > 256) return undefined
    if (!arePossible(kind === 1, content.subarray(at + 17, at + 17 + total))) return undefined
    return { name: `${kind === 1 ? 'ac' : 'dc'}${id}`, length: 17 + total }
  })
