import type { DensityClass } from '../../contracts/verdict.ts'
import { type Answer, answer, noAnswer } from '../../statistics/answer.ts'
import { clusteredVariance } from '../../statistics/inputs/clusters.ts'
import { clusteredShare } from '../../statistics/intervals/clustered-share.ts'
import { type Estimate, normalInterval, usualLevel } from '../../statistics/intervals/interval.ts'
import { type Agreement, cohenKappa } from '../../statistics/performance/agreement.ts'
import { type AucDifference, compareAucs } from '../../statistics/performance/auc.ts'
import { severityClasses } from '../../statistics/severity/severity-cells.ts'
import type { EvaluatedHip } from './run-evaluation.ts'

/** Two packages on the same hips; every difference is first minus second. */
export type PackageComparison = {
  /** Hips that both packages read. */
  readonly hips: number
  readonly accuracy: Answer<Estimate>
  /** Share of the hips that both call alike. */
  readonly alike: Answer<Estimate>
  /** Agreement beyond chance (Cohen), hip by hip. */
  readonly kappa: Answer<Agreement>
  readonly auc: Readonly<Record<DensityClass, Answer<AucDifference>>>
}

type Pair = { readonly first: EvaluatedHip; readonly second: EvaluatedHip }

const keyOf = ({ file, side }: EvaluatedHip): string => `${file}\n${side}`

const accuracyDifference = (pairs: readonly Pair[]): Answer<Estimate> => {
  if (pairs.length === 0) return noAnswer('empty', 'no hip that both packages read')
  const isRight = (hip: EvaluatedHip): number => (hip.reading.densityClass === hip.densityClass ? 1 : 0)
  const differences = pairs.map(({ first, second }) => isRight(first) - isRight(second))
  const estimate = differences.reduce((sum, value) => sum + value, 0) / pairs.length
  const standardError = Math.sqrt(
    clusteredVariance(
      differences.map((value) => value - estimate),
      pairs.map(({ first }) => first.person),
    ),
  )
  return answer({ estimate, ...normalInterval(estimate, standardError, usualLevel) })
}

const callsOf = (pairs: readonly Pair[]): number[][] =>
  severityClasses.map((one) =>
    severityClasses.map(
      (other) =>
        pairs.filter(
          ({ first, second }) => first.reading.densityClass === one && second.reading.densityClass === other,
        ).length,
    ),
  )

/** Compares two packages hip by hip: what both find easy does not blur the difference. */
export const comparePackages = (
  first: readonly EvaluatedHip[],
  second: readonly EvaluatedHip[],
): PackageComparison => {
  const others = new Map(second.map((hip) => [keyOf(hip), hip]))
  const pairs = first.flatMap((hip): Pair[] => {
    const other = others.get(keyOf(hip))
    return other === undefined ? [] : [{ first: hip, second: other }]
  })
  const aucOf = (name: DensityClass): Answer<AucDifference> =>
    compareAucs({
      first: pairs.map((pair) => pair.first.reading.probabilities[name]),
      second: pairs.map((pair) => pair.second.reading.probabilities[name]),
      positive: pairs.map((pair) => pair.first.densityClass === name),
      clusters: pairs.map((pair) => pair.first.person),
    })
  return {
    hips: pairs.length,
    accuracy: accuracyDifference(pairs),
    alike: clusteredShare({
      successes: pairs.map(
        ({ first: one, second: two }) => one.reading.densityClass === two.reading.densityClass,
      ),
      clusters: pairs.map((pair) => pair.first.person),
    }),
    kappa: cohenKappa(callsOf(pairs)),
    auc: { normal: aucOf('normal'), osteopenia: aucOf('osteopenia'), osteoporosis: aucOf('osteoporosis') },
  }
}

/** Share of the hips that all packages call alike; `readings[m]` are the same hips as package m reads them. */
export const unanimity = (readings: readonly (readonly EvaluatedHip[])[]): Answer<Estimate> => {
  const [first = [], ...others] = readings
  return clusteredShare({
    successes: first.map((hip, at) =>
      others.every((own) => own[at]?.reading.densityClass === hip.reading.densityClass),
    ),
    clusters: first.map((hip) => hip.person),
  })
}
