import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import { type Domains, faultInDomains } from '../inputs/domain.ts'
import {
  aCount,
  aShare,
  faultInInputs,
  fields,
  listOf,
  numberFrom,
  oneOf,
  optional,
  someDomains,
  wholeFrom,
} from '../inputs/input-rules.ts'

/**
 * People with one called class, one posterior and one score: by score bin and called class where ClickHouse groups,
 * or single people with count 1.
 */
export type ScoredGroup = {
  readonly count: number
  /** Class called by the decision rule. */
  readonly called: number
  /** P(class | score) for each class; from the severity-aware fit, or class-level EM as a labelled fallback. */
  readonly posterior: readonly number[]
  /** The model's own score of each class (higher = more that class); for the AUC only. */
  readonly scores?: readonly number[]
}

/** Expected counts of one class against the rest and the shares they give; a share without people has no answer. */
export type ExpectedPerformance = {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
  readonly sensitivity?: number
  readonly specificity?: number
  readonly positivePredictiveValue?: number
  readonly negativePredictiveValue?: number
  readonly auc?: number
}

/** Expected performance of each class, and the accuracy. */
export type LabelFreePerformance = {
  readonly classes: readonly ExpectedPerformance[]
  readonly accuracy: number
  readonly people: number
}

/** People below which expected counts are guesses. */
const fewestPeople = 30

const faultInGroups = (groups: readonly ScoredGroup[]): NoAnswer | undefined => {
  const people = groups.reduce((sum, { count }) => sum + count, 0)
  if (!(people > 0)) return noAnswer('empty', 'no people')
  const unequal = groups.findIndex(
    ({ posterior }) => Math.abs(posterior.reduce((all, p) => all + p, 0) - 1) > 1e-6,
  )
  if (unequal >= 0)
    return noAnswer('invalid-input', `groups[${unequal}].posterior takes shares that sum to 1`)
  return people < fewestPeople ? noAnswer('too-few', `${people} people, ${fewestPeople} needed`) : undefined
}

/** Area under the expected ROC curve at the distinct values of the score; ties count one half. */
export const expectedAuc = (
  items: readonly { readonly score: number; readonly positive: number; readonly negative: number }[],
): number | undefined => {
  const sorted = [...items].sort((left, right) => left.score - right.score)
  let below = 0
  let area = 0
  let positives = 0
  for (let i = 0; i < sorted.length; ) {
    const { score } = sorted[i] ?? { score: 0 }
    let positive = 0
    let negative = 0
    for (; i < sorted.length && sorted[i]?.score === score; i += 1) {
      positive += sorted[i]?.positive ?? 0
      negative += sorted[i]?.negative ?? 0
    }
    area += positive * (below + negative / 2)
    below += negative
    positives += positive
  }
  return positives > 0 && below > 0 ? area / (positives * below) : undefined
}

const share = (part: number, other: number): number | undefined =>
  part + other > 0 ? part / (part + other) : undefined

const performanceOf = (groups: readonly ScoredGroup[], k: number): ExpectedPerformance => {
  let tp = 0
  let fp = 0
  let fn = 0
  let tn = 0
  for (const { count, called, posterior } of groups) {
    const p = posterior[k] ?? 0
    if (called === k) {
      tp += count * p
      fp += count * (1 - p)
    } else {
      fn += count * p
      tn += count * (1 - p)
    }
  }
  const scored = groups.every(({ scores }) => scores !== undefined)
  const auc = scored
    ? expectedAuc(
        groups.map(({ count, posterior, scores }) => ({
          score: scores?.[k] ?? 0,
          positive: count * (posterior[k] ?? 0),
          negative: count * (1 - (posterior[k] ?? 0)),
        })),
      )
    : undefined
  const shares = {
    sensitivity: share(tp, fn),
    specificity: share(tn, fp),
    positivePredictiveValue: share(tp, fp),
    negativePredictiveValue: share(tn, fn),
    auc,
  }
  const known = Object.fromEntries(Object.entries(shares).filter(([, value]) => value !== undefined))
  return { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn, ...known }
}

/**
 * Performance without labels by confidence (CBPE, NannyML 2022): expected true and false positives from calibrated
 * posteriors. Blind to concept drift and to imaging shifts that mimic the population. Interval: bootstrap card and
 * window together (`bootstrapSeverity`) and call this on each draw.
 * No answer: domain-mismatch, empty, invalid-input, too-few (< 30 people).
 */
export const performanceWithoutLabels = (input: {
  readonly domains: Domains
  readonly classes: number
  readonly groups: readonly ScoredGroup[]
  /** Which posterior feeds it. */
  readonly posterior: 'severity-aware' | 'class-level'
}): Answer<LabelFreePerformance> => {
  const { groups, classes } = input
  const fault =
    faultInInputs(input, {
      domains: someDomains,
      classes: wholeFrom(2, 20),
      posterior: oneOf('severity-aware', 'class-level'),
      groups: listOf(
        fields({
          count: aCount,
          called: wholeFrom(0, classes - 1),
          posterior: listOf(aShare, classes),
          scores: optional(listOf(numberFrom(), classes)),
        }),
      ),
    }) ??
    faultInDomains(input.domains) ??
    faultInGroups(groups)
  if (fault) return fault
  const each = Array.from({ length: classes }, (_, k) => performanceOf(groups, k))
  const people = groups.reduce((sum, { count }) => sum + count, 0)
  const hits = each.reduce((sum, { truePositives }) => sum + truePositives, 0)
  const notes: Warning[] = [
    warn(
      'blind-to-concept-drift',
      'cannot see concept drift nor an imaging shift that mimics the population',
    ),
  ]
  if (input.posterior === 'class-level')
    notes.push(warn('assumes-unchanged-severity', 'class-level posterior, a fallback'))
  return answer({ classes: each, accuracy: hits / people, people }, notes)
}
