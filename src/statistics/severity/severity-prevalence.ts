import { type Answer, answer, type Warning, warn } from '../answer.ts'
import { type Counts, total } from '../inputs/counts.ts'
import { aGenerator, requireInputs, wholeFrom } from '../inputs/input-rules.ts'
import { notesOnVotes } from '../inputs/votes.ts'
import { noNarrowerThanExact } from '../intervals/binomial-floor.ts'
import { type Estimate, percentileInterval, usualLevel } from '../intervals/interval.ts'
import { drawMultinomial } from '../maths/draws.ts'
import type { Random } from '../maths/random.ts'
import { judgeUnseenBins } from '../prevalence/class-mixture.ts'
import { faultInSeverityInput, type SeverityWindowInput } from './card-rules.ts'
import type { SeverityCard } from './severity-card.ts'
import { classStarts, middleOf } from './severity-cells.ts'
import { fitSeverity } from './severity-mixture.ts'
import { redrawCard, startOf } from './severity-redraw.ts'
import { type ResponseTable, responseOf } from './severity-response.ts'

/** One fit of a window: class shares, P(class | score bin) (bins × 3) and the distribution of T behind them. */
export type SeverityFit = {
  readonly shares: readonly [number, number, number]
  readonly posteriors: readonly (readonly [number, number, number])[]
  readonly severity: Float64Array
  readonly fitted: Float64Array
}

/** Prevalence with severity left free; osteoporosis, osteopenia, normal. */
export type SeverityPrevalence = {
  readonly classes: readonly Estimate[]
  /** P(class | score bin), one row a bin of the card. */
  readonly posteriors: readonly (readonly [number, number, number])[]
  /** Mean and standard deviation of T among the live people. */
  readonly meanSeverity: number
  readonly sdSeverity: number
  readonly livePeople: number
  readonly cardPeople: number
}

/** The card, live counts by the card's bins, and the generator of the bootstrap. */
export type SeverityPrevalenceInput = SeverityWindowInput

/** People below which this is no headline figure. */
const headlineFrom = 300

const sharesIn = (severity: Float64Array, starts: readonly [number, number]): [number, number, number] => {
  const shares: [number, number, number] = [0, 0, 0]
  for (let c = 0; c < severity.length; c += 1) {
    const k = c < starts[0] ? 0 : c < starts[1] ? 1 : 2
    shares[k] += severity[c] ?? 0
  }
  return shares
}

const posteriorsOf = (
  table: ResponseTable,
  severity: Float64Array,
  starts: readonly [number, number],
): [number, number, number][] => {
  const rows = Array.from({ length: table.bins }, (): [number, number, number] => [0, 0, 0])
  for (let c = 0; c < table.cells; c += 1) {
    const k = c < starts[0] ? 0 : c < starts[1] ? 1 : 2
    const first = table.first[c] ?? 0
    const base = (table.offset[c] ?? 0) - first
    for (let b = first; b < (table.last[c] ?? 0); b += 1) {
      const row = rows[b]
      if (row) row[k] += (severity[c] ?? 0) * (table.chance[base + b] ?? 0)
    }
  }
  return rows.map(([a, b, c]) => {
    const sum = a + b + c
    return sum > 0 ? [a / sum, b / sum, c / sum] : [1 / 3, 1 / 3, 1 / 3]
  })
}

/** Fits one window on one card: the engine of the estimate and of every bootstrap draw. */
export const fitSeverityWindow = (card: SeverityCard, live: ArrayLike<number>): SeverityFit => {
  const table = responseOf(card)
  const { severity, fitted } = fitSeverity(table, live, startOf(card.cellCounts))
  const starts = classStarts(card.grid)
  return {
    shares: sharesIn(severity, starts),
    posteriors: posteriorsOf(table, severity, starts),
    severity,
    fitted,
  }
}

/**
 * Draws card and window together and fits each: the joint bootstrap behind every severity-aware interval.
 * `use` turns the fit and the redrawn window into whatever is wanted of it. One result a draw.
 */
export const bootstrapSeverity = <T>(
  card: SeverityCard,
  live: Counts,
  plan: { readonly random: Random; readonly draws: number },
  use: (fit: SeverityFit, window: Float64Array) => T,
): T[] => {
  requireInputs(plan, { random: aGenerator, draws: wholeFrom(1, 1_000_000) })
  const people = total(live)
  const window = new Float64Array(live.length)
  return Array.from({ length: plan.draws }, () => {
    const drawn = redrawCard(card, plan.random)
    drawMultinomial(plan.random, people, live, window)
    return use(fitSeverityWindow(drawn, window), window)
  })
}

const notesOn = (card: SeverityCard, fit: SeverityFit, people: number): Warning[] => {
  const notes: Warning[] = [
    warn('imaging-shift-looks-alike', 'a uniform imaging shift would look like a population change'),
  ]
  if (people < headlineFrom)
    notes.push(warn('small-window', `${people} people, headline figures need ${headlineFrom}`))
  const seen = card.cellCounts.flatMap((count, c) => (count > 0 ? [c] : []))
  const first = seen[0] ?? 0
  const last = seen[seen.length - 1] ?? 0
  const beyond = fit.severity.reduce((sum, share, c) => (c < first || c > last ? sum + share : sum), 0)
  if (beyond > 0.05)
    notes.push(warn('beyond-card-range', `${(100 * beyond).toFixed(1)} % lie beyond the card's T-scores`))
  if (card.response.kind === 'kernel') notes.push(warn('not-linear', 'the score answers to T by a kernel'))
  return notes
}

/**
 * Severity-aware prevalence: the live distribution of the T-score by non-parametric maximum likelihood from score-bin
 * counts, cut at −2.5 and −1; limits by a bootstrap of card and window together, never narrower than those of a share
 * among people whose class is known.
 * Source: Laird 1978 (mixing distribution), statistics page, section 5. Units: shares; T in standard deviations.
 * No answer: domain-mismatch, empty, invalid-input, too-few (< 50 people), outside-card.
 */
export const severityPrevalence = (input: SeverityPrevalenceInput): Answer<SeverityPrevalence> => {
  const { card, live, random, level = usualLevel, draws = 200 } = input
  const fault = faultInSeverityInput(input)
  if (fault) return fault
  const beyond = judgeUnseenBins(card.classCounts, live)
  if ('kind' in beyond) return beyond
  const people = total(live)
  const fit = fitSeverityWindow(card, live)
  const drawn = bootstrapSeverity(card, live, { random, draws }, ({ shares }) => shares)
  const classes = fit.shares.map((estimate, k): Estimate => {
    const limits = percentileInterval(
      drawn.map((shares) => shares[k] ?? 0),
      level,
    )
    return noNarrowerThanExact({ estimate, ...limits }, estimate, people)
  })
  let mean = 0
  for (let c = 0; c < fit.severity.length; c += 1) mean += (fit.severity[c] ?? 0) * middleOf(card.grid, c)
  let variance = 0
  for (let c = 0; c < fit.severity.length; c += 1)
    variance += (fit.severity[c] ?? 0) * (middleOf(card.grid, c) - mean) ** 2
  return answer(
    {
      classes,
      posteriors: fit.posteriors,
      meanSeverity: mean,
      sdSeverity: Math.sqrt(variance),
      livePeople: people,
      cardPeople: card.people,
    },
    [...notesOn(card, fit, people), ...beyond, ...notesOnVotes(input.persons)],
  )
}
