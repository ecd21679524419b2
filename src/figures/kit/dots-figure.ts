import { scaleLinear } from 'd3-scale'
import type { ReactNode } from 'react'
import { type Drawing, dotAt, type FigureText, figure, group, lineAt, textAt } from './elements.ts'
import { shareText } from './numbers.ts'

/** A row of a figure of dots: a share with its interval, or what stands in its place. */
export type DotRow = {
  readonly name: string
  readonly share?: { readonly estimate: number; readonly low: number; readonly high: number }
  /** The uncorrected share beside a corrected one: a tick. */
  readonly raw?: number
  /** Drawn open: too few people for more than a raw share. */
  readonly hollow?: boolean
  /** In place of a share, or beside it: `hidden: fewer than 10`. */
  readonly note?: string
  /** Beside the row, such as the number of people. */
  readonly beside?: string
}

export type DotsOptions = FigureText & {
  readonly rows: readonly DotRow[]
  /** The share of all rows together, drawn as a line. */
  readonly overall?: number
  readonly besideHeading?: string
  readonly width: number
}

const rowHeight = 30
const top = 34

const layoutOf = ({ width, rows, besideHeading }: DotsOptions) => {
  const longest = Math.max(...rows.map(({ name }) => name.length), 4)
  const left = Math.min(width * 0.3, 18 + longest * 7.4)
  const right = width - (besideHeading === undefined ? 16 : 72)
  return { left, right }
}

const axisParts = (x: (share: number) => number, ticks: readonly number[], bottom: number): ReactNode =>
  group(
    'axis',
    ...ticks.map((tick) =>
      group(
        `x${tick}`,
        lineAt([x(tick), top - 12], [x(tick), bottom], 'rule'),
        textAt(x(tick), bottom + 17, shareText(tick).replace('.0', ''), {
          anchor: 'middle',
          className: 'quiet small',
        }),
      ),
    ),
  )

const rowParts = (row: DotRow, y: number, x: (share: number) => number, start: number): ReactNode => {
  const { share, note, hollow = false } = row
  if (share === undefined) return textAt(start + 8, y + 4, note ?? 'no figure', { className: 'quiet small' })
  const colour = hollow ? 'grey' : 'second'
  return group(
    `share ${row.name}`,
    lineAt([x(share.low), y], [x(share.high), y], `interval ${colour}${hollow ? ' dashed' : ''}`),
    row.raw === undefined ? null : lineAt([x(row.raw), y - 7], [x(row.raw), y + 7], 'tick'),
    dotAt(x(share.estimate), y, hollow ? 'hollow grey' : 'fill-second', 5.5),
  )
}

/** Shares as dots with intervals, a row each, in the order that is given. */
export const dotsFigure = (options: DotsOptions): Drawing => {
  const { rows, width, overall, besideHeading } = options
  const { left, right } = layoutOf(options)
  const bottom = top + rows.length * rowHeight
  const height = bottom + 26
  const highest = Math.max(
    0.1,
    overall ?? 0,
    ...rows.map(({ share, raw }) => Math.max(share?.high ?? 0, raw ?? 0)),
  )
  const x = scaleLinear([0, Math.min(1, highest * 1.04)], [left + 8, right - 8]).nice(4)
  return figure(
    options,
    { width, height },
    axisParts((share) => x(share), x.ticks(width < 420 ? 3 : 5), bottom),
    besideHeading === undefined
      ? null
      : textAt(width - 4, top - 18, besideHeading, { anchor: 'end', className: 'quiet small' }),
    overall === undefined
      ? null
      : group(
          'overall',
          lineAt([x(overall), top - 12], [x(overall), bottom], 'mark'),
          textAt(x(overall), top - 18, `all ${shareText(overall)}`, {
            anchor: 'middle',
            className: 'small strong',
          }),
        ),
    rows.map((row, at) => {
      const y = top + at * rowHeight + rowHeight / 2
      return group(
        row.name,
        textAt(4, y + 4, row.name),
        rowParts(row, y, (share) => x(share), left),
        row.beside === undefined ? null : textAt(width - 4, y + 4, row.beside, { anchor: 'end' }),
      )
    }),
  )
}
