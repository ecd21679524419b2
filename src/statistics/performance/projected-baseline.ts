import { type Answer, answer, type NoAnswer, noAnswer } from '../answer.ts'
import { type Domains, faultInDomains } from '../inputs/domain.ts'
import {
  aCount,
  aShare,
  faultInInputs,
  listOf,
  optional,
  rowsOf,
  someDomains,
} from '../inputs/input-rules.ts'
import { entry, type Rows } from '../maths/linear-algebra.ts'
import {
  type ConfusionCounts,
  columnTotals,
  faultInConfusion,
  smoothedColumns,
} from '../prevalence/confusion-matrix.ts'

/** What the card's model would show at the live class mix, one class against the rest. */
export type ProjectedClass = {
  readonly sensitivity: number
  /** Missing where everybody has the class. */
  readonly specificity?: number
  /** Missing where nobody is called this class. */
  readonly positivePredictiveValue?: number
  /** Missing where everybody is called this class. */
  readonly negativePredictiveValue?: number
  readonly auc?: number
}

/** Projection of the card on a class mix. */
export type ProjectedBaseline = { readonly classes: readonly ProjectedClass[]; readonly accuracy: number }

/** Projects columns of P(called | true) onto a class mix; pairwise AUCs (k against j) give the one-vs-rest AUC. */
export const projectColumns = (
  columns: Rows,
  mix: readonly number[],
  pairwiseAuc?: Rows,
): ProjectedBaseline => {
  const share = (i: number, j: number): number => entry(columns, i, j) * (mix[j] ?? 0)
  const others = mix.map((_, j) => j)
  const sum = (rows: readonly number[], cols: readonly number[]): number =>
    rows.reduce((all, i) => all + cols.reduce((part, j) => part + share(i, j), 0), 0)
  /** A share of nobody is no share. */
  const ratio = (name: string, part: number, whole: number): Record<string, number> =>
    whole > 1e-12 ? { [name]: part / whole } : {}
  const classes = mix.map((own, k): ProjectedClass => {
    const rest = others.filter((j) => j !== k)
    const clear = sum(rest, rest)
    const area = rest.reduce(
      (all, j) => all + (mix[j] ?? 0) * (pairwiseAuc ? entry(pairwiseAuc, k, j) : 0),
      0,
    )
    return {
      sensitivity: entry(columns, k, k),
      ...ratio('specificity', clear, 1 - own),
      ...ratio('positivePredictiveValue', share(k, k), sum([k], others)),
      ...ratio('negativePredictiveValue', clear, sum(rest, others)),
      ...(pairwiseAuc ? ratio('auc', area, 1 - own) : {}),
    }
  })
  return { classes, accuracy: others.reduce((all, k) => all + share(k, k), 0) }
}

const faultInMix = (mix: readonly number[], classes: number): NoAnswer | undefined =>
  mix.length !== classes ||
  mix.some((value) => !(value >= 0 && value < 1)) ||
  Math.abs(mix.reduce((sum, value) => sum + value, 0) - 1) > 1e-6
    ? noAnswer('invalid-input', `the mix needs ${classes} shares below 1 that sum to 1`)
    : undefined

/**
 * Predictive values, one-vs-rest specificity, accuracy and AUC that the card implies at the live class mix, so that
 * they can be compared with live figures: PPV_k = M_kk p_k/Σ_j M_kj p_j; NPV_k = Σ_{i≠k,j≠k} M_ij p_j/Σ_{i≠k,j} M_ij p_j;
 * AUC_k = Σ_{j≠k} p_j AUC_kj/(1 − p_k). Columns are smoothed (c + 1/K)/(n + 1).
 * No answer: domain-mismatch, empty, class-never-seen, invalid-input.
 */
export const projectBaseline = (input: {
  readonly domains: Domains
  readonly validation: ConfusionCounts
  readonly mix: readonly number[]
  /** `pairwiseAuc[k][j]`: chance that a person of class k scores higher on class k than one of class j. */
  readonly pairwiseAuc?: Rows
}): Answer<ProjectedBaseline> => {
  const { validation, mix, pairwiseAuc } = input
  const fault =
    faultInInputs(input, {
      domains: someDomains,
      validation: rowsOf(aCount),
      mix: listOf(aShare),
      pairwiseAuc: optional(listOf(listOf(aShare, input.validation?.length), input.validation?.length)),
    }) ??
    faultInDomains(input.domains) ??
    faultInConfusion(validation) ??
    faultInMix(mix, validation.length)
  if (fault) return fault
  const never = columnTotals(validation).findIndex((count) => count === 0)
  if (never >= 0) return noAnswer('class-never-seen', `class ${never} has no validation case`)
  return answer(projectColumns(smoothedColumns(validation), mix, pairwiseAuc))
}
