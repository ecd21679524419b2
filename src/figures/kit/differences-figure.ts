import { scaleLinear } from 'd3-scale'
import { type Drawing, dotAt, type FigureText, figure, group, lineAt, textAt } from './elements.ts'
import { pointsText } from './numbers.ts'

/** A difference of two shares with its limits, or what stands in its place. */
export type DifferenceRow = {
  readonly name: string
  readonly difference?: { readonly estimate: number; readonly low: number; readonly high: number }
  readonly note?: string
}

const rowHeight = 30
const top = 26

/** Differences as dots with intervals around the line of no difference, a row each, in the order that is given. */
export const differencesFigure = (
  options: FigureText & { readonly rows: readonly DifferenceRow[]; readonly width: number },
): Drawing => {
  const { rows, width } = options
  const longest = Math.max(...rows.map(({ name }) => name.length), 4)
  const left = Math.min(width * 0.3, 18 + longest * 7.4)
  const bottom = top + rows.length * rowHeight
  const widest = Math.max(
    0.02,
    ...rows.map(({ difference }) =>
      difference === undefined ? 0 : Math.max(Math.abs(difference.low), Math.abs(difference.high)),
    ),
  )
  const x = scaleLinear([-widest * 1.04, widest * 1.04], [left + 8, width - 16]).nice(4)
  return figure(
    options,
    { width, height: bottom + 26 },
    group(
      'axis',
      ...x
        .ticks(width < 420 ? 3 : 5)
        .map((tick) =>
          group(
            `x${tick}`,
            lineAt([x(tick), top - 8], [x(tick), bottom], tick === 0 ? 'mark' : 'rule'),
            textAt(x(tick), bottom + 17, pointsText(tick), { anchor: 'middle', className: 'quiet small' }),
          ),
        ),
    ),
    rows.map(({ name, difference, note }, at) => {
      const y = top + at * rowHeight + rowHeight / 2
      return group(
        name,
        textAt(4, y + 4, name),
        difference === undefined
          ? textAt(left + 8, y + 4, note ?? 'no figure', { className: 'quiet small' })
          : group(
              `difference ${name}`,
              lineAt([x(difference.low), y], [x(difference.high), y], 'interval second'),
              dotAt(x(difference.estimate), y, 'fill-second', 5.5),
            ),
      )
    }),
  )
}
