import { type Answer, answer, noAnswer, type Warning, warn } from '../answer.ts'
import { type Clusters } from '../inputs/clusters.ts'
import type { Domain } from '../inputs/domain.ts'
import {
  aDomain,
  aKey,
  faultInInputs,
  listOf,
  numberFrom,
  oneOf,
  optional,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { binOf, countScores, edgesFromReference } from '../inputs/score-bins.ts'
import { faultInVoters, notesOnVotes } from '../inputs/votes.ts'
import { checkLine, fitLine, type Line, type LineChecks } from '../maths/regression.ts'
import { cellOf, classOfSeverity, coverSeverity, type SeverityCells } from './severity-cells.ts'

/** How the score answers to severity: a straight line with constant spread, or a smooth of joint counts. */
export type SeverityResponse =
  | { readonly kind: 'location-scale'; readonly line: Line }
  | {
      readonly kind: 'kernel'
      /** Standard deviation of the Gaussian kernel, in T units. */
      readonly bandwidth: number
      /** People by T cell (rows) and score bin (columns). */
      readonly joint: readonly (readonly number[])[]
    }

/**
 * What a baseline card keeps so that prevalence can be estimated with severity left free: all of it sums and integer
 * counts, so it can be written as JSON and drawn again. One score and one T-score for each person (the voting hip).
 */
export type SeverityCard = {
  readonly domain: Domain
  readonly people: number
  /** Inner edges of the score bins, in score units. */
  readonly edges: readonly number[]
  readonly grid: SeverityCells
  /** People in each T cell. */
  readonly cellCounts: readonly number[]
  /** People in each score bin, by class (rows: osteoporosis, osteopenia, normal). */
  readonly classCounts: readonly (readonly number[])[]
  readonly response: SeverityResponse
  readonly checks: LineChecks
}

/** Pairs of T-score and severity score of a validation set; thresholds are cuts of the score. */
export type SeverityCardInput = {
  readonly domain: Domain
  readonly severity: ArrayLike<number>
  readonly score: ArrayLike<number>
  readonly thresholds?: readonly number[]
  readonly bins?: number
  /** Force one response; by default the checks decide. */
  readonly response?: 'location-scale' | 'kernel'
  /** Person of each pair, so that a person who votes twice is refused. */
  readonly persons?: Clusters
}

/** People below which h(b | T) cannot be learnt. */
const fewestPeople = 100
const cardRules = {
  domain: aDomain,
  severity: listOf(numberFrom(-50, 50)),
  score: listOf(numberFrom()),
  thresholds: optional(listOf(numberFrom())),
  bins: optional(wholeFrom(2, 1000)),
  response: optional(oneOf('location-scale', 'kernel')),
  persons: optional(listOf(aKey)),
}
/** p below which a check of the straight line fails. */
const failing = 0.01

const silverman = (severity: ArrayLike<number>, line: Line): number =>
  1.06 * Math.sqrt(line.sumOfSquaresX / (severity.length - 1)) * severity.length ** -0.2

const notesOf = (checks: LineChecks): Warning[] => {
  const notes: Warning[] = []
  if (checks.linear < failing) notes.push(warn('not-linear', `p ${checks.linear.toExponential(1)}`))
  if (checks.constantSpread < failing)
    notes.push(warn('spread-not-constant', `p ${checks.constantSpread.toExponential(1)}`))
  if (checks.normal < failing) notes.push(warn('residuals-not-normal', `p ${checks.normal.toExponential(1)}`))
  return notes
}

/** Whether the score moves with severity: a slope of four standard errors or more, and a spread that is not rounding. */
const follows = (line: Line): boolean => {
  const slopeError = line.spread / Math.sqrt(line.sumOfSquaresX)
  return Math.abs(line.slope) > 4 * slopeError && line.spread > 1e-9 * Math.abs(line.slope)
}

/**
 * Fits the card of the severity-aware method from one (T-score, score) pair a person: score bins (24 quantiles plus
 * thresholds), T distribution on cells of .1, and h(b | T) by a line where its checks hold (p ≥ .01), else by a kernel.
 * No answer: empty, too-few (< 100 people), invalid-input (lengths differ, not finite), uninformative (score does not
 * rise or fall with T), class-never-seen.
 */
export const fitSeverityCard = (input: SeverityCardInput): Answer<SeverityCard> => {
  const { severity, score } = input
  const fault = faultInInputs(input, cardRules)
  if (fault) return fault
  if (severity.length === 0) return noAnswer('empty', 'no people on the card')
  if (severity.length !== score.length)
    return noAnswer('invalid-input', 'severity and score differ in length')
  const doubled = faultInVoters(severity.length, input.persons)
  if (doubled) return doubled
  if (severity.length < fewestPeople)
    return noAnswer('too-few', `${severity.length} people on the card, ${fewestPeople} needed`)
  const line = fitLine(severity, score)
  if (!line || !follows(line)) return noAnswer('uninformative', 'the score does not follow severity')
  const checks = checkLine(line, severity, score)
  const notes = notesOf(checks)
  const edges = edgesFromReference(score, input.thresholds, input.bins)
  const grid = coverSeverity(
    Array.from(severity).reduce((least, t) => Math.min(least, t)),
    Array.from(severity).reduce((greatest, t) => Math.max(greatest, t)),
  )
  const byCell = Array.from({ length: grid.cells }, (): number[] => [])
  const byClass = [0, 1, 2].map((): number[] => [])
  for (let i = 0; i < severity.length; i += 1) {
    byCell[cellOf(grid, severity[i] ?? 0)]?.push(score[i] ?? 0)
    byClass[classOfSeverity(severity[i] ?? 0)]?.push(score[i] ?? 0)
  }
  const never = byClass.findIndex((scores) => scores.length === 0)
  if (never >= 0) return noAnswer('class-never-seen', `class ${never} is not on the card`)
  const kind = input.response ?? (notes.length === 0 ? 'location-scale' : 'kernel')
  const response: SeverityResponse =
    kind === 'location-scale'
      ? { kind, line }
      : { kind, bandwidth: silverman(severity, line), joint: byCell.map((s) => countScores(edges, s)) }
  const card: SeverityCard = {
    domain: input.domain,
    people: severity.length,
    edges,
    grid,
    cellCounts: byCell.map((scores) => scores.length),
    classCounts: byClass.map((scores) => countScores(edges, scores)),
    response,
    checks,
  }
  return answer(card, [...notes, ...notesOnVotes(input.persons)])
}

/** Bin of a live score on this card. */
export const binOnCard = (card: SeverityCard, score: number): number => binOf(card.edges, score)
