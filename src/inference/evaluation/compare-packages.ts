import type { DensityClass } from '../../contracts/verdict.ts'
import { type Answer, answer, noAnswer } from '../../statistics/answer.ts'
import { type AucDifference, compareAucs } from '../../statistics/auc.ts'
import { clusteredVariance } from '../../statistics/clusters.ts'
import { type Estimate, normalInterval, usualLevel } from '../../statistics/interval.ts'
import type { EvaluatedHip } from './run-evaluation.ts'

/** Two packages on the same hips; every difference is first minus second. */
export type PackageComparison = {
  /** Hips that both packages read. */
  readonly hips: number
  readonly accuracy: Answer<Estimate>
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
    auc: { normal: aucOf('normal'), osteopenia: aucOf('osteopenia'), osteoporosis: aucOf('osteoporosis') },
  }
}
