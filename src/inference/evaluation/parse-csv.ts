/** One record of a CSV file: its values by column, and the line it starts on. */
export type CsvRecord = { readonly line: number; readonly values: Readonly<Record<string, string>> }

type Row = { readonly line: number; readonly cells: string[] }

/** Cells of RFC 4180: quotes around a cell let it hold commas, line breaks and doubled quotes. */
const rowsOf = (text: string): Row[] => {
  const rows: Row[] = []
  let row: Row = { line: 1, cells: [] }
  let line = 1
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text)
    if (match === null)
      throw new Error(`line ${line}: a quote that does not end, or text beside a quoted cell`)
    const [, raw = '', end = ''] = match
    row.cells.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw.trim())
    line += (raw.match(/\n/g) ?? []).length
    if (end === ',') continue
    line += 1
    rows.push(row)
    row = { line, cells: [] }
  }
  if (row.cells.length > 0) rows.push({ ...row, cells: [...row.cells, ''] })
  return rows.filter(({ cells }) => cells.some((value) => value !== ''))
}

/** Reads a CSV file with a header line; throws an Error that names the line it cannot read. */
export const parseCsv = (text: string): readonly CsvRecord[] => {
  const [header, ...rows] = rowsOf(text.replace(/^\uFEFF/, ''))
  if (header === undefined) return []
  return rows.map(({ line, cells }) => {
    if (cells.length !== header.cells.length)
      throw new Error(`line ${line}: ${cells.length} cells, the header has ${header.cells.length}`)
    return { line, values: Object.fromEntries(header.cells.map((name, at) => [name, cells[at] ?? ''])) }
  })
}
