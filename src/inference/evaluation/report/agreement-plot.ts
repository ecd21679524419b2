import { colours, dot, label, line, picture, scale } from '../../../figures/svg.ts'
import type { BlandAltman } from '../../../statistics/performance/bland-altman.ts'
import type { EvaluatedHip } from '../run-evaluation.ts'
import { withBothTScores } from '../tabulate.ts'

const [left, top, right, bottom] = [62, 76, 820, 416]

const signed = (value: number): string =>
  value > 0 ? `+${value.toFixed(2)}` : value.toFixed(2).replace('-', '−')

const wholeNumbers = (low: number, high: number): number[] =>
  Array.from({ length: high - low + 1 }, (_, i) => low + i)

/** Difference of estimate and label against their mean, with bias and limits of agreement (Bland & Altman 1986). */
export const agreementPlot = (hips: readonly EvaluatedHip[], found: BlandAltman): string => {
  const points = withBothTScores(hips).map(({ measured, reference }) => ({
    mean: (measured + reference) / 2,
    difference: measured - reference,
  }))
  const means = points.map(({ mean }) => mean)
  const [low, high] = [Math.floor(Math.min(...means)), Math.ceil(Math.max(...means))]
  const reach = Math.ceil(Math.max(1, ...points.map(({ difference }) => Math.abs(difference))))
  const x = scale(low, high, left, right - 130)
  const y = scale(-reach, reach, bottom, top)
  const lines = [
    { name: 'upper limit', of: found.upperLimit },
    { name: 'bias', of: found.bias },
    { name: 'lower limit', of: found.lowerLimit },
  ]
  return picture({
    width: 840,
    height: 470,
    title: 'Estimated T-score against the label (Bland–Altman)',
    note: 'vertical: estimate minus label, in T units; 19 of 20 hips are expected between the limits',
    body: [
      ...wholeNumbers(low, high).flatMap((tick) => [
        line(x(tick), top, x(tick), bottom),
        label(x(tick), bottom + 18, String(tick).replace('-', '−'), { anchor: 'middle', size: 12 }),
      ]),
      ...wholeNumbers(-reach, reach).flatMap((tick) => [
        line(left, y(tick), right - 130, y(tick)),
        label(left - 8, y(tick) + 4, String(tick).replace('-', '−'), { anchor: 'end', size: 12 }),
      ]),
      label((left + right - 130) / 2, bottom + 40, 'mean of estimate and label', {
        anchor: 'middle',
        fill: colours.quiet,
      }),
      ...points.map(({ mean, difference }) => dot(x(mean), y(difference), colours.ours, 2.2)),
      ...lines.flatMap(({ name, of }) => [
        line(left, y(of.estimate), right - 130, y(of.estimate), {
          stroke: colours.ink,
          width: 1.4,
          dash: '6 4',
        }),
        label(right - 122, y(of.estimate) - 2, `${name} ${signed(of.estimate)}`, { size: 12, bold: true }),
        label(right - 122, y(of.estimate) + 12, `${signed(of.low)} to ${signed(of.high)}`, {
          size: 11,
          fill: colours.quiet,
        }),
      ]),
    ],
  })
}
