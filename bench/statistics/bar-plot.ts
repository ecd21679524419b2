import { bar, colours, label, legend, line, picture, scale } from '../../src/figures/svg.ts'

/** Groups of horizontal bars: one bar a series in each group. */
export type BarPlot = {
  readonly title: string
  readonly note: string
  readonly groups: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[]
  readonly series: readonly { readonly name: string; readonly fill: string }[]
  readonly axis: {
    readonly high: number
    readonly name: string
    readonly write: (value: number) => string
  }
  readonly reference?: { readonly value: number; readonly name: string }
  readonly labelWidth?: number
}

/** Draws bars with their value written at the end, so that no axis has to be read off. */
export const drawBarPlot = (plot: BarPlot): string => {
  const width = 900
  const left = plot.labelWidth ?? 250
  const top = 112
  const thick = 17
  const step = 22 + thick * plot.series.length
  const bottom = top + plot.groups.length * step
  const x = scale(0, plot.axis.high, left, width - 110)
  const body: string[] = legend(24, 84, plot.series)
  body.push(line(left, top - 4, left, bottom, { stroke: colours.quiet }))
  plot.groups.forEach((group, i) => {
    const start = top + i * step + 8
    body.push(label(left - 16, start + (thick * plot.series.length) / 2 + 4, group.name, { anchor: 'end' }))
    group.values.forEach((value, s) => {
      const y = start + s * thick
      if (value === undefined) {
        body.push(label(left + 6, y + 12, '–', { size: 12, fill: colours.quiet }))
        return
      }
      const fill = plot.series[s]?.fill ?? colours.ink
      body.push(bar(left, y, x(Math.min(value, plot.axis.high)) - left, thick - 3, fill))
      body.push(label(x(Math.min(value, plot.axis.high)) + 7, y + 12, plot.axis.write(value), { size: 12 }))
    })
  })
  if (plot.reference)
    body.push(
      line(x(plot.reference.value), top - 4, x(plot.reference.value), bottom, {
        stroke: colours.ink,
        width: 1.5,
        dash: '5 4',
      }),
      label(x(plot.reference.value), top - 10, plot.reference.name, { anchor: 'middle', size: 12 }),
    )
  body.push(label((left + width - 110) / 2, bottom + 26, plot.axis.name, { anchor: 'middle' }))
  return picture({ width, height: bottom + 46, title: plot.title, note: plot.note, body })
}
