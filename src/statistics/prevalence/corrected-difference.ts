import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import { type Domains, faultInDomains } from '../inputs/domain.ts'
import {
  aCount,
  aFlag,
  aGenerator,
  aLevel,
  faultInInputs,
  listOf,
  optional,
  rowsOf,
  someDomains,
  someDraws,
} from '../inputs/input-rules.ts'
import { noNarrowerThanNewcombe } from '../intervals/binomial-floor.ts'
import { type Estimate, percentileInterval, usualLevel } from '../intervals/interval.ts'
import { apply, conditionNumber, inverse } from '../maths/linear-algebra.ts'
import type { Random } from '../maths/random.ts'
import { projectOntoSimplex } from '../maths/simplex.ts'
import { type ConfusionCounts, columnTotals, poolConfusion, smoothedColumns } from './confusion-matrix.ts'
import type { KnownMatrix } from './correct-shares.ts'
import { faultInSites } from './corrected-prevalence.ts'
import { type LiveCounts, type LiveShares, liveRule, readLiveShares } from './live-shares.ts'
import { bootstrapDifferences } from './share-bootstrap.ts'
import { spreadBetweenSites } from './site-spread.ts'

/** Two windows on one card's matrix; the difference is first minus second. */
export type CorrectedDifferenceInput = {
  readonly domains: Domains
  readonly validation: readonly ConfusionCounts[]
  readonly first: LiveCounts
  readonly second: LiveCounts
  /** Whether the same clinics send both windows: then how they differ from the validation sites is common, too. */
  readonly sameClinics?: boolean
  readonly level?: number
  /** Bootstrap draws of the matrix and both windows together (1,000). */
  readonly draws?: number
  readonly random: Random
}

/** Difference of the corrected shares of each class, with both sizes. */
export type CorrectedDifference = {
  readonly classes: readonly Estimate[]
  readonly people: readonly [number, number]
  readonly validationPeople: readonly number[]
}

/** Above this condition number the inverse blows up noise, and live people below which nothing is said. */
const worstCondition = 25
const fewestPeople = 10

const faultIn = (input: CorrectedDifferenceInput): NoAnswer | undefined =>
  faultInInputs(input, {
    domains: someDomains,
    validation: listOf(rowsOf(aCount)),
    first: liveRule,
    second: liveRule,
    sameClinics: optional(aFlag),
    level: optional(aLevel),
    draws: optional(someDraws),
    random: aGenerator,
  }) ??
  faultInDomains(input.domains) ??
  faultInSites(input.validation)

const windowsOf = (input: CorrectedDifferenceInput, classes: number): Answer<[LiveShares, LiveShares]> => {
  const first = readLiveShares(input.first, classes)
  if (first.kind === 'no-answer') return first
  const second = readLiveShares(input.second, classes)
  if (second.kind === 'no-answer') return second
  const fewest = Math.min(first.value.people, second.value.people)
  if (fewest < fewestPeople) return noAnswer('too-few', `${fewest} live people`)
  return answer([first.value, second.value], [...first.warnings, ...second.warnings])
}

/**
 * Difference of shares that one matrix corrects (months, regions, the same clinics), by a joint bootstrap: the matrix,
 * common to both windows, is drawn once a draw, so that its error largely leaves the difference.
 * No answer: as `correctedPrevalence`; singular also where the matrix is too badly conditioned to invert.
 */
export const correctedDifference = (input: CorrectedDifferenceInput): Answer<CorrectedDifference> => {
  const fault = faultIn(input)
  if (fault) return fault
  const counts = poolConfusion(input.validation)
  const columns = smoothedColumns(counts)
  const windows = windowsOf(input, counts.length)
  if (windows.kind === 'no-answer') return windows
  const condition = conditionNumber(columns)
  const back = condition > worstCondition ? undefined : inverse(columns)
  if (!back) return noAnswer('singular', `the confusion matrix has condition ${condition.toFixed(0)}`)
  const known: KnownMatrix = {
    columns,
    people: columnTotals(counts),
    spread: spreadBetweenSites(input.validation),
  }
  const live = windows.value
  const starts = live.map(({ shares }) => projectOntoSimplex(apply(back, shares)))
  const { random, draws = 1000, level = usualLevel, sameClinics = false } = input
  const drawn = bootstrapDifferences({ live, starts, known, sameClinics, draws, random })
  const classes = columns.map((_, k): Estimate => {
    const sides = starts.map((shares, w) => ({
      share: shares[k] ?? 0,
      people: live[w]?.effectivePeople ?? 1,
    }))
    const estimate = (sides[0]?.share ?? 0) - (sides[1]?.share ?? 0)
    const values = drawn.map((difference) => difference[k] ?? 0)
    return noNarrowerThanNewcombe({ estimate, ...percentileInterval(values, level) }, sides)
  })
  const notes: Warning[] = [
    ...windows.warnings,
    warn('assumes-unchanged-severity', 'assumes unchanged severity within classes'),
  ]
  if (known.spread.sites === 1)
    notes.push(warn('one-validation-site', 'assumes these clinics are like the validation site'))
  return answer({ classes, people: [live[0].people, live[1].people], validationPeople: known.people }, notes)
}
