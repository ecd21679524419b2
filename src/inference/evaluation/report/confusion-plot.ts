import { bar, colours, label, picture } from '../../../figures/svg.ts'
import { columnTotals } from '../../../statistics/prevalence/confusion-matrix.ts'
import { severityClasses } from '../../../statistics/severity/severity-cells.ts'
import type { UnitTable } from '../tabulate.ts'

const [left, top, cellWidth, cellHeight] = [126, 112, 96, 72]

/** From white to blue, or to red where the call is wrong. */
const shadeOf = (share: number, isRight: boolean): string => {
  const [red, green, blue] = isRight ? [0, 114, 178] : [213, 94, 0]
  const mix = (channel: number): number => Math.round(255 + (channel - 255) * Math.min(1, 0.85 * share))
  return `rgb(${mix(red)},${mix(green)},${mix(blue)})`
}

/** Calls (rows) by truth (columns): counts, and the share of the hips that have the class. */
export const confusionPlot = (title: string, { confusion, hips, persons }: UnitTable): string => {
  const totals = columnTotals(confusion)
  const cells = confusion.flatMap((row, called) =>
    row.flatMap((count, truth) => {
      const share = count / Math.max(1, totals[truth] ?? 0)
      const [x, y] = [left + truth * cellWidth, top + called * cellHeight]
      const fill = share > 0.6 ? '#ffffff' : colours.ink
      return [
        bar(x + 1, y + 1, cellWidth - 2, cellHeight - 2, shadeOf(share, called === truth)),
        label(x + cellWidth / 2, y + 34, String(count), { anchor: 'middle', size: 19, bold: true, fill }),
        label(x + cellWidth / 2, y + 54, `${(100 * share).toFixed(0)} %`, {
          anchor: 'middle',
          size: 12,
          fill,
        }),
      ]
    }),
  )
  return picture({
    width: 460,
    height: 366,
    title,
    note: `${hips} hips of ${persons} people; per cent of those that have the class`,
    body: [
      label(left + 1.5 * cellWidth, 82, 'has', { anchor: 'middle', fill: colours.quiet }),
      label(24, top - 10, 'called', { fill: colours.quiet }),
      ...severityClasses.flatMap((name, i) => [
        label(left + (i + 0.5) * cellWidth, top - 10, name, { anchor: 'middle' }),
        label(left - 10, top + (i + 0.5) * cellHeight + 4, name, { anchor: 'end' }),
      ]),
      ...cells,
    ],
  })
}
