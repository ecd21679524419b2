import { dot, line, path } from '../../../figures/svg.ts'
import { severityClasses } from '../../../statistics/severity/severity-cells.ts'
import type { EvaluationTables } from '../tabulate.ts'
import { classColours, classLegend } from './class-colours.ts'
import { across, diagonal, unitSquare, upward } from './unit-square.ts'

/** Predicted chances against what came true, each bin with its 95 % interval. */
export const reliabilityPlot = ({ calibration }: EvaluationTables): string =>
  unitSquare({
    title: 'Whether predicted chances come true',
    note: 'vertical: hips that have the class, %; bars: 95 % intervals',
    horizontal: 'chance that the package gives, %',
    body: [
      diagonal,
      ...severityClasses.flatMap((name) => {
        const found = calibration[name]
        if (found.kind === 'no-answer') return []
        const stroke = classColours[name]
        const { bins } = found.value
        return [
          ...bins.map(({ meanPredicted, observed }) => {
            const x = across(meanPredicted)
            return line(x, upward(observed.low), x, upward(observed.high), { stroke, width: 1.2 })
          }),
          path(
            bins.map((bin) => [across(bin.meanPredicted), upward(bin.observed.estimate)] as const),
            { stroke, width: 1.6 },
          ),
          ...bins.map((bin) => dot(across(bin.meanPredicted), upward(bin.observed.estimate), stroke, 3.5)),
        ]
      }),
      ...classLegend,
    ],
  })
