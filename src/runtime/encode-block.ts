/** A column of a table, and its cell in each row. */
export type BlockColumn = {
  readonly name: string
  /** As ClickHouse names it. */
  readonly type: string
  readonly cells: readonly unknown[]
}

/** A cell that its column cannot hold. Says which column and nothing of the cell, which may be a person's. */
export class CellRefused extends Error {
  constructor(column: string) {
    super(`a cell does not fit the column ${column}`)
    this.name = 'CellRefused'
  }
}

/** How cells of a type are written. */
type Kind = {
  /** The type that the block names; ClickHouse makes the column's own of it. */
  readonly wire: string
  /** What stands in the place of a null. */
  readonly blank: unknown
  /** Undefined where a cell does not fit. */
  readonly write: (cells: readonly unknown[]) => readonly Uint8Array[] | undefined
}

/** The most bytes that a size takes. */
const sizeBytes = 5

/** Writes a size, seven bits to the byte, and answers where it ends. */
const writeSize = (bytes: Uint8Array, at: number, size: number): number => {
  let rest = size
  let next = at
  for (; rest > 127; rest >>>= 7) bytes[next++] = (rest & 127) | 128
  bytes[next++] = rest
  return next
}

const writeText = (bytes: Buffer, at: number, text: string): number => {
  const start = writeSize(bytes, at, Buffer.byteLength(text))
  return start + bytes.write(text, start)
}

const writeTexts = (texts: readonly string[]): Buffer => {
  const most = texts.reduce((sum, text) => sum + sizeBytes + 3 * text.length, 0)
  const bytes = Buffer.allocUnsafe(most)
  let at = 0
  for (const text of texts) at = writeText(bytes, at, text)
  return bytes.subarray(0, at)
}

/** The sizes that take one byte, each as the character of that byte. */
const shortSizes = Array.from({ length: 128 }, (_, size) => String.fromCharCode(size))

/** The same bytes in one call, twice as fast; undefined where a text is long or has a character of several bytes. */
const writeShortTexts = (texts: readonly string[]): Buffer | undefined => {
  let joined = ''
  for (const text of texts) {
    const size = shortSizes[text.length]
    if (size === undefined) return undefined
    joined += size + text
  }
  return Buffer.byteLength(joined) === joined.length ? Buffer.from(joined, 'latin1') : undefined
}

/** Cells that go as text; `read` answers undefined for what does not fit. */
const written = (blank: string, read: (cell: unknown) => string | undefined): Kind => ({
  wire: 'String',
  blank,
  write: (cells) => {
    const texts: string[] = []
    for (const cell of cells) {
      const text = read(cell)
      if (text === undefined) return undefined
      texts.push(text)
    }
    return [writeShortTexts(texts) ?? writeTexts(texts)]
  },
})

/** Cells of one width; `read` answers undefined for what does not fit. */
const fixed = (
  wire: string,
  width: number,
  read: (cell: unknown) => number | undefined,
  put: (view: DataView, at: number, value: number) => void,
): Kind => ({
  wire,
  blank: 0,
  write: (cells) => {
    const view = new DataView(new ArrayBuffer(width * cells.length))
    let at = 0
    for (const cell of cells) {
      const value = read(cell)
      if (value === undefined) return undefined
      put(view, at, value)
      at += width
    }
    return [new Uint8Array(view.buffer)]
  },
})

/** What two kinds have written, one behind the other. */
const joined = (first: readonly Uint8Array[] | undefined, second: readonly Uint8Array[] | undefined) =>
  first && second && [...first, ...second]

const nullable = (inner: Kind): Kind => ({
  wire: `Nullable(${inner.wire})`,
  blank: null,
  write: (cells) =>
    joined(
      bool.write(cells.map((cell) => cell === null)),
      inner.write(cells.map((cell) => (cell === null ? inner.blank : cell))),
    ),
})

/** The items of all cells one after another, behind where those of each cell end. */
const list = (inner: Kind): Kind => ({
  wire: `Array(${inner.wire})`,
  blank: [],
  write: (cells) => {
    const items: unknown[] = []
    const ends: number[] = []
    for (const cell of cells) {
      if (!Array.isArray(cell)) return undefined
      for (const item of cell) items.push(item)
      ends.push(items.length)
    }
    return joined(end.write(ends), inner.write(items))
  },
})

/** A list of keys and one of values that end together. */
const pairs = (key: Kind, value: Kind): Kind => ({
  wire: `Map(${key.wire}, ${value.wire})`,
  blank: {},
  write: (cells) => {
    const keys: string[][] = []
    const values: unknown[] = []
    for (const cell of cells) {
      if (typeof cell !== 'object' || cell === null) return undefined
      keys.push(Object.keys(cell))
      values.push(...Object.values(cell))
    }
    return joined(list(key).write(keys), value.write(values))
  },
})

const whole =
  (bits: number) =>
  (cell: unknown): number | undefined =>
    typeof cell === 'number' && Number.isInteger(cell) && cell >= 0 && cell < 2 ** bits ? cell : undefined

const real =
  (most: number) =>
  (cell: unknown): number | undefined =>
    typeof cell === 'number' && Math.abs(cell) <= most ? cell : undefined

const mostOfFloat32 = 2 ** 128 - 2 ** 104

const uint8 = fixed('UInt8', 1, whole(8), (view, at, value) => view.setUint8(at, value))
const uint16 = fixed('UInt16', 2, whole(16), (view, at, value) => view.setUint16(at, value, true))
const uint32 = fixed('UInt32', 4, whole(32), (view, at, value) => view.setUint32(at, value, true))
/** Where a list ends, in 64 bits of which no block needs the upper half. */
const end = fixed('UInt64', 8, whole(32), (view, at, value) => view.setUint32(at, value, true))
const float32 = fixed('Float32', 4, real(mostOfFloat32), (view, at, value) =>
  view.setFloat32(at, value, true),
)
const float64 = fixed('Float64', 8, real(Number.MAX_VALUE), (view, at, value) =>
  view.setFloat64(at, value, true),
)

const bool: Kind = {
  ...fixed(
    'Bool',
    1,
    (cell) => (typeof cell === 'boolean' ? Number(cell) : undefined),
    (view, at, value) => view.setUint8(at, value),
  ),
  blank: false,
}

/** ClickHouse reads the rest from text itself: digests, UUIDs, days, the words of a closed list. */
const text = written('', (cell) => (typeof cell === 'string' ? cell : undefined))

const matching = (pattern: RegExp, blank: string): Kind =>
  written(blank, (cell) => (typeof cell === 'string' && pattern.test(cell) ? cell : undefined))

/** Decimal digits. Nineteen always fit and no offset of Kafka has more; of more ClickHouse would lose some. */
const uint64 = matching(/^\d{1,19}$/, '0')

/** ISO 8601 in UTC, which ClickHouse reads from text without the Z. */
const instant = written('1970-01-01T00:00:00.000Z', (cell) =>
  typeof cell === 'string' && /^\d{4}-\d\d-\d\dT.{12}Z$/.test(cell) ? cell.slice(0, -1) : undefined,
)

const plain: readonly (readonly [string, Kind])[] = [
  ...[uint8, uint16, uint32, float32, float64, bool].map((kind) => [kind.wire, kind] as const),
  ['UInt64', uint64],
  ["DateTime64(3, 'UTC')", instant],
]
const kinds: ReadonlyMap<string, Kind> = new Map(plain)

/** ClickHouse makes a null of nullable text that it cannot read: only what is looked at here may be nullable. */
const nullableKinds: ReadonlyMap<string, Kind> = new Map([
  ...plain,
  ['String', text],
  ['UUID', matching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, '00000000-0000-0000-0000-000000000000')],
  ['Date32', matching(/^\d{4}-\d\d-\d\d$/, '1970-01-01')],
])
const refusing: Kind = { ...text, write: () => undefined }

const kindOf = (type: string): Kind => {
  const known = kinds.get(type)
  if (known !== undefined) return known
  const [, outer, inner = ''] = /^(\w+)\((.*)\)$/.exec(type) ?? []
  if (outer === 'LowCardinality') return kindOf(inner)
  if (outer === 'Nullable') return nullable(nullableKinds.get(inner) ?? refusing)
  if (outer === 'Array') return list(kindOf(inner))
  if (outer !== 'Map') return text
  const [key = '', value = ''] = inner.split(/, (.*)/)
  return pairs(kindOf(key), kindOf(value))
}

const titleOf = (name: string, wire: string): Uint8Array => {
  const bytes = Buffer.alloc(2 * sizeBytes + 3 * (name.length + wire.length))
  return bytes.subarray(0, writeText(bytes, writeText(bytes, 0, name), wire))
}

const sizesOf = (columns: number, rows: number): Uint8Array => {
  const bytes = Buffer.alloc(2 * sizeBytes)
  return bytes.subarray(0, writeSize(bytes, writeSize(bytes, 0, columns), rows))
}

/** One block of ClickHouse's format Native: rows, column after column. Throws CellRefused. */
export const encodeBlock = (columns: readonly BlockColumn[]): Buffer =>
  Buffer.concat([
    sizesOf(columns.length, columns[0]?.cells.length ?? 0),
    ...columns.flatMap(({ name, type, cells }) => {
      const kind = kindOf(type)
      const cellBytes = kind.write(cells)
      if (cellBytes === undefined) throw new CellRefused(name)
      return [titleOf(name, kind.wire), ...cellBytes]
    }),
  ])
