import { severityClasses } from '../../statistics/severity/severity-cells.ts'
import type { EvaluatedHip } from './run-evaluation.ts'

type Row = [number, number, number]

/** Counts of calls (rows) by truth (columns), in the order of `severityClasses`. */
export const confusionOf = (hips: readonly EvaluatedHip[]): [Row, Row, Row] => {
  const [worst, middle, best] = severityClasses
  const count = (called: string, truth: string): number =>
    hips.filter((hip) => hip.reading.densityClass === called && hip.densityClass === truth).length
  const row = (called: string): Row => [count(called, worst), count(called, middle), count(called, best)]
  return [row(worst), row(middle), row(best)]
}
