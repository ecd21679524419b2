import { scaleLinear } from 'd3-scale'
import { boxAt, type Drawing, type FigureText, figure, group, textAt } from './elements.ts'
import { countText } from './numbers.ts'

/** A bar that counts something. */
export type BarRow = { readonly name: string; readonly count: number; readonly muted?: boolean }

export type BarsOptions = FigureText & { readonly rows: readonly BarRow[]; readonly width: number }

const rowHeight = 42

/** Counts as bars, the name above each, in the order that is given. */
export const barsFigure = (options: BarsOptions): Drawing => {
  const { rows, width } = options
  const x = scaleLinear([0, Math.max(1, ...rows.map(({ count }) => count))], [0, width - 64])
  return figure(
    options,
    { width, height: Math.max(1, rows.length) * rowHeight + 4 },
    rows.map(({ name, count, muted = false }, at) =>
      group(
        name,
        textAt(0, at * rowHeight + 15, name),
        boxAt(0, at * rowHeight + 22, Math.max(2, x(count)), 12, muted ? 'fill-grey' : 'fill-second'),
        textAt(Math.max(2, x(count)) + 8, at * rowHeight + 32, countText(count), {
          className: 'small strong',
        }),
      ),
    ),
  )
}
