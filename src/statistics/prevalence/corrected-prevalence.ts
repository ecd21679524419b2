import { type Answer, answer, type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import { type Domains, faultInDomains } from '../inputs/domain.ts'
import {
  aCount,
  aGenerator,
  aLevel,
  faultInInputs,
  listOf,
  optional,
  rowsOf,
  someDomains,
  someDraws,
} from '../inputs/input-rules.ts'
import { faultInVotes, notesOnVotes } from '../inputs/votes.ts'
import { noNarrowerThanExact } from '../intervals/binomial-floor.ts'
import {
  deviateOf,
  type Estimate,
  type Interval,
  percentileInterval,
  usualLevel,
} from '../intervals/interval.ts'
import { tQuantile } from '../maths/distributions.ts'
import { conditionNumber, type Rows } from '../maths/linear-algebra.ts'
import type { Random } from '../maths/random.ts'
import { projectOntoSimplex } from '../maths/simplex.ts'
import {
  type ConfusionCounts,
  columnTotals,
  faultInConfusion,
  poolConfusion,
  smoothedColumns,
} from './confusion-matrix.ts'
import { constrainedShares } from './constrained-shares.ts'
import { type CorrectedShares, correctShares, type KnownMatrix } from './correct-shares.ts'
import { type LiveCounts, type LiveShares, liveRule, readLiveShares } from './live-shares.ts'
import { bandOfOneSite } from './sensitivity-band.ts'
import { bootstrapShares } from './share-bootstrap.ts'
import { spreadBetweenSites } from './site-spread.ts'

/** Validation counts of each site, live counts, and the generator of the bootstrap. */
export type CorrectedPrevalenceInput = {
  readonly domains: Domains
  readonly validation: readonly ConfusionCounts[]
  readonly live: LiveCounts
  readonly level?: number
  /** Bootstrap draws where normal limits do not hold (1,000). */
  readonly draws?: number
  readonly random: Random
  /** Persons behind the live votes: more votes than persons are refused. */
  readonly persons?: number
}

/** One class: raw share, corrected share on the simplex, limits, and the band of the one-site assumption. */
export type ClassPrevalence = Estimate & {
  readonly raw: number
  readonly unprojected: number
  readonly standardError: number
  readonly sensitivityBand?: Interval
}

/** Corrected shares of all classes; both n's always travel with them. */
export type CorrectedPrevalence = {
  readonly classes: readonly ClassPrevalence[]
  readonly covariance: Rows
  readonly livePeople: number
  readonly validationPeople: readonly number[]
  readonly sites: number
  /** What limits the precision: more films help only where it is `live`. */
  readonly limitedBy: 'live' | 'validation' | 'between-sites'
  readonly method: 'inverse' | 'constrained-least-squares'
}

/** Above this condition number the inverse blows up noise. */
const worstCondition = 25
/** Validation people of a class, and live people, below which nothing is said. */
const fewestPeople = 10

const correctionRules = {
  domains: someDomains,
  validation: listOf(rowsOf(aCount)),
  live: liveRule,
  level: optional(aLevel),
  draws: optional(someDraws),
  random: aGenerator,
  persons: optional(aCount),
}

/** Says what is wrong with validation sites: none, of different classes, a class never or hardly seen. */
export const faultInSites = (sites: readonly ConfusionCounts[]): NoAnswer | undefined => {
  if (sites.length === 0) return noAnswer('empty', 'no validation site')
  const size = sites[0]?.length
  for (const site of sites) {
    const fault = site.length === size ? faultInConfusion(site) : noAnswer('invalid-input', 'sites differ')
    if (fault) return fault
  }
  const people = columnTotals(poolConfusion(sites))
  const never = people.findIndex((count) => count === 0)
  if (never >= 0) return noAnswer('class-never-seen', `class ${never} has no validation case`)
  const few = people.findIndex((count) => count < fewestPeople)
  return few >= 0 ? noAnswer('too-few', `class ${few} has ${people[few]} validation cases`) : undefined
}

const largestPart = (corrected: CorrectedShares): CorrectedPrevalence['limitedBy'] => {
  const trace = (rows: Rows): number => rows.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
  const { live, validation, betweenSites } = corrected.parts
  const sizes = { live: trace(live), validation: trace(validation), between: trace(betweenSites) }
  if (sizes.between > sizes.live && sizes.between > sizes.validation) return 'between-sites'
  return sizes.validation > sizes.live ? 'validation' : 'live'
}

type Limits = { readonly interval: Interval; readonly standardError: number; readonly normal: boolean }

const limitsOf = (
  corrected: CorrectedShares | undefined,
  drawn: () => readonly (readonly number[])[],
  k: number,
  level: number,
  deviate: number,
): Limits => {
  const share = corrected?.shares[k] ?? 0
  const standardError = Math.sqrt(Math.max(0, corrected?.covariance[k]?.[k] ?? 0))
  const low = share - deviate * standardError
  const high = share + deviate * standardError
  if (corrected && low >= 0 && high <= 1)
    return { interval: { low, high, level }, standardError, normal: true }
  const values = drawn().map((draw) => draw[k] ?? 0)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  return {
    interval: percentileInterval(values, level),
    standardError: corrected ? standardError : spread,
    normal: false,
  }
}

type Doubts = {
  readonly given: number
  readonly normal: boolean
  readonly invertible: boolean
  readonly condition: number
  readonly sites: number
  readonly shares: readonly number[]
}

const warningsOf = ({ normal, invertible, condition, sites, given, shares }: Doubts): Warning[] => {
  const warnings: Warning[] = []
  if (!normal) warnings.push(warn('limits-from-bootstrap', 'normal limits would leave [0, 1]'))
  if (!invertible) warnings.push(warn('constrained-least-squares', `condition ${condition.toFixed(0)}`))
  if (sites === 1 && given === 1)
    warnings.push(warn('one-validation-site', 'assumes this clinic is like the validation site'))
  if (sites === 1 && given > 1)
    warnings.push(
      warn('one-validation-site', `${given} sites, but some class has people at one of them only`),
    )
  if (shares.some((share) => share < 0 || share > 1))
    warnings.push(warn('clipped', 'the plain correction leaves [0, 1]'))
  return warnings
}

const estimate = (
  input: CorrectedPrevalenceInput,
  live: LiveShares,
  known: KnownMatrix,
): Answer<CorrectedPrevalence> => {
  const level = input.level ?? usualLevel
  const condition = conditionNumber(known.columns)
  if (condition > 1e6) return noAnswer('singular', 'the confusion matrix cannot be inverted')
  const linear = correctShares(live, known)
  if (!linear) return noAnswer('singular', 'the confusion matrix cannot be inverted')
  const invertible = condition <= worstCondition
  const start = invertible ? projectOntoSimplex(linear.shares) : constrainedShares(known.columns, live.shares)
  const { sites } = known.spread
  const { random, draws: wanted = 1000 } = input
  let draws: readonly (readonly number[])[] | undefined
  const drawn = (): readonly (readonly number[])[] => {
    draws ??= bootstrapShares({ live, known, start, invertible, draws: wanted, random })
    return draws
  }
  const deviate = sites > 1 ? tQuantile(0.5 + level / 2, sites - 1) : deviateOf(level)
  const limits = start.map((_, k) => limitsOf(invertible ? linear : undefined, drawn, k, level, deviate))
  const bands = sites === 1 ? bandOfOneSite(live.shares, known.columns, level) : []
  const classes = start.map((share, k): ClassPrevalence => {
    const { interval, standardError } = limits[k] ?? limitsOf(undefined, drawn, k, level, deviate)
    const band = bands[k]
    // A point projected onto the simplex can leave its own normal limits; they are widened to hold it, too.
    const { low, high } = noNarrowerThanExact(interval, share, live.effectivePeople)
    return {
      low,
      high,
      level,
      estimate: share,
      raw: live.shares[k] ?? 0,
      unprojected: linear.shares[k] ?? 0,
      standardError,
      ...(band ? { sensitivityBand: band } : {}),
    }
  })
  const normal = limits.every((found) => found.normal)
  return answer(
    {
      classes,
      covariance: linear.covariance,
      livePeople: live.people,
      validationPeople: known.people,
      sites,
      limitedBy: largestPart(linear),
      method: invertible ? 'inverse' : 'constrained-least-squares',
    },
    warningsOf({
      normal,
      invertible,
      condition,
      sites,
      given: input.validation.length,
      shares: linear.shares,
    }),
  )
}

/**
 * Shares of the classes corrected by the confusion matrix (p = M⁻¹ q), with limits that carry the uncertainty of M
 * and, from two validation sites on, how much M differs between sites (then Student's t with K − 1 degrees of freedom).
 * Assumes unchanged severity within classes. Source: Buonaccorsi 2010; statistics page, section 4.
 * No answer: domain-mismatch, empty, too-few (a class or the live people below 10), class-never-seen, singular,
 * invalid-input.
 */
export const correctedPrevalence = (input: CorrectedPrevalenceInput): Answer<CorrectedPrevalence> => {
  const fault =
    faultInInputs(input, correctionRules) ?? faultInDomains(input.domains) ?? faultInSites(input.validation)
  if (fault) return fault
  const counts = poolConfusion(input.validation)
  const live = readLiveShares(input.live, counts.length)
  if (live.kind === 'no-answer') return live
  if (live.value.people < fewestPeople) return noAnswer('too-few', `${live.value.people} live people`)
  const doubled = faultInVotes(live.value.people, input.persons)
  if (doubled) return doubled
  const known: KnownMatrix = {
    columns: smoothedColumns(counts),
    people: columnTotals(counts),
    spread: spreadBetweenSites(input.validation),
  }
  const result = estimate(input, live.value, known)
  if (result.kind === 'no-answer') return result
  const warnings = [
    ...live.warnings,
    ...result.warnings,
    ...notesOnVotes(input.persons),
    warn('assumes-unchanged-severity', 'assumes unchanged severity within classes'),
  ]
  return answer(result.value, warnings)
}
