import { scaleBand, scaleLinear } from 'd3-scale'
import { boxAt, type Drawing, type FigureText, figure, group, lineAt, textAt } from './elements.ts'
import { countText } from './numbers.ts'

/** A day (or another span) of counts: what was read, and what was not. */
export type Column = { readonly label: string; readonly read: number; readonly notRead: number }

export type ColumnsOptions = FigureText & {
  readonly columns: readonly Column[]
  readonly width: number
  readonly height?: number
}

const margin = { top: 10, right: 4, bottom: 24, left: 44 }

/** Counts over time: films read below, films not read above them. */
export const columnsFigure = (options: ColumnsOptions): Drawing => {
  const { columns, width, height = 190 } = options
  const floor = height - margin.bottom
  const x = scaleBand(
    columns.map(({ label }) => label),
    [margin.left, width - margin.right],
  ).padding(0.18)
  const highest = Math.max(4, ...columns.map(({ read, notRead }) => read + notRead))
  const y = scaleLinear([0, highest], [floor, margin.top]).nice(4)
  const every = Math.max(1, Math.ceil(64 / Math.max(1, x.step())))
  return figure(
    options,
    { width, height },
    y
      .ticks(4)
      .filter((tick) => Number.isInteger(tick))
      .map((tick) =>
        group(
          `y${tick}`,
          lineAt([margin.left, y(tick)], [width - margin.right, y(tick)], 'rule'),
          textAt(margin.left - 8, y(tick) + 4, countText(tick), { anchor: 'end', className: 'quiet small' }),
        ),
      ),
    columns.map(({ label, read, notRead }, at) => {
      const left = x(label) ?? 0
      return group(
        label,
        boxAt(left, y(read), x.bandwidth(), floor - y(read), 'fill-second'),
        boxAt(left, y(read + notRead), x.bandwidth(), y(read) - y(read + notRead) - 1, 'fill-grey'),
        at % every === 0
          ? textAt(left + x.bandwidth() / 2, height - 6, label, {
              anchor: 'middle',
              className: 'quiet small',
            })
          : null,
      )
    }),
  )
}
