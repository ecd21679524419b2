import type { Orientation } from '../codestream/exif-orientation.ts'

type Size = { readonly rows: number; readonly columns: number }

/** The size of a picture as it lies in its file, from that of the turned one: from 5 on, rows become columns. */
export const lyingSize = ({ rows, columns }: Size, orientation: Orientation): Size =>
  orientation < 5 ? { rows, columns } : { rows: columns, columns: rows }

/** How indices of the turned picture lead into the lying one: where it begins, and the steps along a row and a column. */
const stepsOf = ({ rows, columns }: Size, orientation: Orientation): readonly [number, number, number] => {
  const last = rows * columns - 1
  const end = columns - 1
  const bottom = last - end
  const steps: Readonly<Record<Orientation, readonly [number, number, number]>> = {
    1: [0, 1, columns],
    2: [end, -1, columns],
    3: [last, -1, -columns],
    4: [bottom, 1, -columns],
    5: [0, columns, 1],
    6: [bottom, -columns, 1],
    7: [last, -columns, -1],
    8: [end, columns, -1],
  }
  return steps[orientation]
}

/** Turns and mirrors the words of a picture as its orientation says (EXIF 4.6.4, Orientation). */
export const turnPicture = (words: Uint16Array, lying: Size, orientation: Orientation): Uint16Array => {
  const [start, alongRow, alongColumn] = stepsOf(lying, orientation)
  const { rows, columns } = lyingSize(lying, orientation)
  const turned = new Uint16Array(words.length)
  for (let row = 0, to = 0; row < rows; row += 1)
    for (let column = 0, from = start + row * alongColumn; column < columns; column += 1, from += alongRow) {
      turned[to] = words[from] ?? 0
      to += 1
    }
  return turned
}
