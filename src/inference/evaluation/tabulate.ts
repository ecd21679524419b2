import type { DensityClass } from '../../contracts/verdict.ts'
import { type Answer, answer } from '../../statistics/answer.ts'
import { clusteredShare } from '../../statistics/intervals/clustered-share.ts'
import type { Estimate } from '../../statistics/intervals/interval.ts'
import type { Rows } from '../../statistics/maths/linear-algebra.ts'
import { clusteredDeLong, pairwiseAuc } from '../../statistics/performance/auc.ts'
import { type BlandAltman, blandAltman } from '../../statistics/performance/bland-altman.ts'
import { type Reliability, reliability } from '../../statistics/performance/reliability.ts'
import type { ConfusionCounts } from '../../statistics/prevalence/confusion-matrix.ts'
import { severityClasses } from '../../statistics/severity/severity-cells.ts'
import { chooseVotes } from './choose-votes.ts'
import type { EvaluatedHip } from './run-evaluation.ts'

/** One class against the rest. */
export type ClassTable = {
  /** Hips of this class. */
  readonly hips: number
  readonly auc: Answer<Estimate>
  readonly sensitivity: Answer<Estimate>
  readonly specificity: Answer<Estimate>
  readonly ppv: Answer<Estimate>
  readonly npv: Answer<Estimate>
}

/** The study's table for a set of hips. */
export type UnitTable = {
  readonly hips: number
  readonly persons: number
  readonly accuracy: Answer<Estimate>
  readonly classes: Readonly<Record<DensityClass, ClassTable>>
  /** Rows: called, columns: true; in the order of `severityClasses`. */
  readonly confusion: ConfusionCounts
}

/** All figures of an evaluation. */
export type EvaluationTables = {
  readonly perHip: UnitTable
  /** One hip for each person, the one that votes in prevalence. */
  readonly perVote: UnitTable
  /** Entry [k][j]: chance that a hip of class k scores higher on class k than one of class j. */
  readonly pairwise: Answer<Rows>
  readonly calibration: Readonly<Record<DensityClass, Answer<Reliability>>>
  /** Only where the package estimates T and the labels have it. */
  readonly tScore?: Answer<BlandAltman>
}

const byClass = <Value>(of: (name: DensityClass) => Value): Record<DensityClass, Value> => ({
  normal: of('normal'),
  osteopenia: of('osteopenia'),
  osteoporosis: of('osteoporosis'),
})

const firstModel = (input: Parameters<typeof clusteredDeLong>[0]): Answer<Estimate> => {
  const found = clusteredDeLong(input)
  if (found.kind === 'no-answer') return found
  const [{ estimate, low, high, level } = { estimate: 0, low: 0, high: 0, level: 0 }] = found.value.models
  return answer({ estimate, low, high, level }, found.warnings)
}

/** Share of the hips in `among` for which `succeeds` holds; hips of a person are a cluster. */
const shareOf = (
  hips: readonly EvaluatedHip[],
  among: (hip: EvaluatedHip) => boolean,
  succeeds: (hip: EvaluatedHip) => boolean,
): Answer<Estimate> => {
  const own = hips.filter(among)
  return clusteredShare({ successes: own.map(succeeds), clusters: own.map((hip) => hip.person) })
}

const tabulateClass = (hips: readonly EvaluatedHip[], name: DensityClass): ClassTable => {
  const isIll = (hip: EvaluatedHip): boolean => hip.densityClass === name
  const isCalled = (hip: EvaluatedHip): boolean => hip.reading.densityClass === name
  const not = (test: (hip: EvaluatedHip) => boolean) => (hip: EvaluatedHip) => !test(hip)
  return {
    hips: hips.filter(isIll).length,
    auc: firstModel({
      scores: [hips.map((hip) => hip.reading.probabilities[name])],
      positive: hips.map(isIll),
      clusters: hips.map((hip) => hip.person),
    }),
    sensitivity: shareOf(hips, isIll, isCalled),
    specificity: shareOf(hips, not(isIll), not(isCalled)),
    ppv: shareOf(hips, isCalled, isIll),
    npv: shareOf(hips, not(isCalled), not(isIll)),
  }
}

/** Counts of calls (rows) by truth (columns). */
export const confusionOf = (hips: readonly EvaluatedHip[]): number[][] =>
  severityClasses.map((called) =>
    severityClasses.map(
      (truth) =>
        hips.filter((hip) => hip.reading.densityClass === called && hip.densityClass === truth).length,
    ),
  )

const tabulateUnit = (hips: readonly EvaluatedHip[]): UnitTable => ({
  hips: hips.length,
  persons: new Set(hips.map((hip) => hip.person)).size,
  accuracy: shareOf(
    hips,
    () => true,
    (hip) => hip.reading.densityClass === hip.densityClass,
  ),
  classes: byClass((name) => tabulateClass(hips, name)),
  confusion: confusionOf(hips),
})

/** Hips with a T-score on both sides. */
export const withBothTScores = (hips: readonly EvaluatedHip[]) =>
  hips.flatMap(({ tScore, reading, person }) =>
    tScore === undefined || reading.tScore === undefined
      ? []
      : [{ reference: tScore, measured: reading.tScore, person }],
  )

const tabulateTScore = (hips: readonly EvaluatedHip[]): Answer<BlandAltman> | undefined => {
  const pairs = withBothTScores(hips)
  if (pairs.length === 0) return undefined
  return blandAltman({
    measured: pairs.map((pair) => pair.measured),
    reference: pairs.map((pair) => pair.reference),
    clusters: pairs.map((pair) => pair.person),
  })
}

/** Makes the tables; the calls are those of the package's own thresholds. */
export const tabulate = (hips: readonly EvaluatedHip[]): EvaluationTables => {
  const tScore = tabulateTScore(hips)
  return {
    perHip: tabulateUnit(hips),
    perVote: tabulateUnit(chooseVotes(hips)),
    pairwise: pairwiseAuc({
      scores: hips.map(({ reading }) => severityClasses.map((name) => reading.probabilities[name])),
      labels: hips.map((hip) => severityClasses.indexOf(hip.densityClass)),
    }),
    calibration: byClass((name) =>
      reliability({
        predicted: hips.map((hip) => hip.reading.probabilities[name]),
        positive: hips.map((hip) => hip.densityClass === name),
        clusters: hips.map((hip) => hip.person),
      }),
    ),
    ...(tScore === undefined ? {} : { tScore }),
  }
}
