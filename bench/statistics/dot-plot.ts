import { colours, dot, label, legend, line, picture, scale } from '../../src/figures/svg.ts'

/** One row of a dot plot: a name and one mark for each series, with limits where it has them. */
export type DotRow = {
  readonly name: string
  readonly marks: readonly {
    readonly series: number
    readonly value: number
    readonly low?: number
    readonly high?: number
  }[]
  /** The truth of this row, drawn as a short upright stroke. */
  readonly truth?: number
}

/** What a dot plot shows. */
export type DotPlot = {
  readonly title: string
  readonly note: string
  readonly rows: readonly DotRow[]
  readonly series: readonly { readonly name: string; readonly fill: string }[]
  readonly axis: {
    readonly low: number
    readonly high: number
    readonly ticks: readonly number[]
    readonly name: string
    readonly write: (value: number) => string
  }
  /** Upright reference line, with its name. */
  readonly reference?: { readonly value: number; readonly name: string }
  readonly labelWidth?: number
}

/** Draws rows of dots with limits on one axis: estimates beside truths, coverage beside its nominal level. */
export const drawDotPlot = (plot: DotPlot): string => {
  const width = 900
  const left = plot.labelWidth ?? 250
  const top = 112
  const step = 26 + 13 * Math.max(1, plot.series.length)
  const bottom = top + plot.rows.length * step
  const x = scale(plot.axis.low, plot.axis.high, left, width - 40)
  const body: string[] = legend(24, 84, plot.series)
  for (const tick of plot.axis.ticks)
    body.push(
      line(x(tick), top - 6, x(tick), bottom),
      label(x(tick), bottom + 20, plot.axis.write(tick), { anchor: 'middle', fill: colours.quiet }),
    )
  if (plot.reference)
    body.push(
      line(x(plot.reference.value), top - 6, x(plot.reference.value), bottom, {
        stroke: colours.ink,
        width: 1.5,
        dash: '5 4',
      }),
      label(x(plot.reference.value), top - 12, plot.reference.name, { anchor: 'middle', size: 12 }),
    )
  plot.rows.forEach((row, i) => {
    const middle = top + (i + 0.5) * step
    body.push(label(left - 16, middle + 5, row.name, { anchor: 'end' }))
    if (i > 0) body.push(line(24, top + i * step, width - 40, top + i * step, { width: 0.6 }))
    if (row.truth !== undefined)
      body.push(
        line(x(row.truth), middle - step / 2 + 5, x(row.truth), middle + step / 2 - 5, {
          stroke: colours.ink,
          width: 2.5,
        }),
      )
    for (const { series, value, low, high } of row.marks) {
      const y = middle + (series - (plot.series.length - 1) / 2) * 14
      const fill = plot.series[series]?.fill ?? colours.ink
      if (low !== undefined && high !== undefined)
        body.push(line(x(low), y, x(high), y, { stroke: fill, width: 2.5 }))
      body.push(dot(x(value), y, fill))
    }
  })
  body.push(label((left + width - 40) / 2, bottom + 44, plot.axis.name, { anchor: 'middle' }))
  return picture({ width, height: bottom + 62, title: plot.title, note: plot.note, body })
}
