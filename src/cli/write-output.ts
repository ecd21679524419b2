/** Data for a person or a program: standard output. */
export const writeLine = (line: string): void => void process.stdout.write(`${line}\n`)

/** What a person must know beside the data: standard error. */
export const writeError = (line: string): void => void process.stderr.write(`${line}\n`)

/** Replaces the progress line of a terminal; elsewhere each message gets a line of its own. */
export const writeProgress = (message: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${message}`)
  else process.stderr.write(`${message}\n`)
}

/** Columns of a table, padded to the widest cell. */
export const tableOf = (rows: readonly (readonly string[])[]): string => {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(widest[index] ?? 0, cell.length)),
    [],
  )
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
