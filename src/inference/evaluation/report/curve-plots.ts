import type { DensityClass } from '../../../contracts/verdict.ts'
import { dot, line, path } from '../../../figures/svg.ts'
import { type OperatingCurve, operatingCurve } from '../../../statistics/performance/operating-curves.ts'
import { severityClasses } from '../../../statistics/severity/severity-cells.ts'
import type { EvaluatedHip } from '../run-evaluation.ts'
import { classColours, classLegend } from './class-colours.ts'
import { across, diagonal, unitSquare, upward } from './unit-square.ts'

type ClassCurve = { readonly name: DensityClass; readonly curve: OperatingCurve; readonly called: Point }
/** Where the package's own thresholds stand. */
type Point = { readonly sensitivity: number; readonly specificity: number; readonly precision: number }

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

const pointOf = (hips: readonly EvaluatedHip[], name: DensityClass): Point => {
  const ill = hips.filter((hip) => hip.densityClass === name)
  const called = hips.filter((hip) => hip.reading.densityClass === name)
  const hits = called.filter((hip) => hip.densityClass === name).length
  const well = hips.length - ill.length
  return {
    sensitivity: share(hits, ill.length),
    specificity: share(well - (called.length - hits), well),
    precision: share(hits, called.length),
  }
}

/** The curves of the classes that have one. */
export const classCurves = (hips: readonly EvaluatedHip[]): ClassCurve[] =>
  severityClasses.flatMap((name) => {
    const found = operatingCurve(
      hips.map((hip) => hip.reading.probabilities[name]),
      hips.map((hip) => hip.densityClass === name),
    )
    return found.kind === 'no-answer' ? [] : [{ name, curve: found.value, called: pointOf(hips, name) }]
  })

/** A step at each threshold, drawn as the steps that they are. */
const steps = (points: readonly (readonly [number, number])[]): [number, number][] =>
  points.flatMap(([x, y], i): [number, number][] => {
    const [beforeX] = points[i - 1] ?? [x]
    return [
      [across(beforeX), upward(y)],
      [across(x), upward(y)],
    ]
  })

const ring = (x: number, y: number, fill: string): string[] => [dot(x, y, '#ffffff', 7), dot(x, y, fill)]

/** Receiver operating characteristic of each class against the rest. */
export const rocPlot = (curves: readonly ClassCurve[]): string =>
  unitSquare({
    title: 'Finding a class against false alarms (ROC)',
    note: 'vertical: sensitivity %; dots: the thresholds of the package',
    horizontal: 'hips without the class that are called so, %',
    body: [
      diagonal,
      ...curves.flatMap(({ name, curve, called }) => [
        path(
          [
            [across(0), upward(0)] as const,
            ...curve.points.map(
              ({ sensitivity, specificity }) => [across(1 - specificity), upward(sensitivity)] as const,
            ),
          ],
          { stroke: classColours[name] },
        ),
        ...ring(across(1 - called.specificity), upward(called.sensitivity), classColours[name]),
      ]),
      ...classLegend,
    ],
  })

/** Precision at each recall; dashed lines are the shares of the classes, which a coin would reach. */
export const precisionRecallPlot = (curves: readonly ClassCurve[]): string =>
  unitSquare({
    title: 'How many calls are right (precision–recall)',
    note: 'vertical: calls that are right, %; dashed: share of the class',
    horizontal: 'hips of the class that are found, %',
    body: [
      ...curves.flatMap(({ name, curve, called }) => [
        line(across(0), upward(curve.positiveShare), across(1), upward(curve.positiveShare), {
          stroke: classColours[name],
          dash: '3 4',
        }),
        path(steps(curve.points.map(({ sensitivity, precision }) => [sensitivity, precision])), {
          stroke: classColours[name],
        }),
        ...ring(across(called.sensitivity), upward(called.precision), classColours[name]),
      ]),
      ...classLegend,
    ],
  })
