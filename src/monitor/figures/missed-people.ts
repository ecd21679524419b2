import type { BaselineCard } from '../../contracts/baseline-card.ts'
import type {
  CorrectedFigure,
  DomainFigures,
  Figure,
  MissedFigure,
  NoFigure,
} from '../../contracts/prevalence-figures.ts'
import { wilson } from '../../statistics/intervals/proportions.ts'
import { projectBaseline } from '../../statistics/performance/projected-baseline.ts'
import { rounded, withoutFigure } from './plain-figures.ts'

const scaled = (share: Figure, by: Figure): Figure => ({
  estimate: Math.round(share.estimate * by.estimate),
  low: Math.floor(share.low * by.low),
  high: Math.ceil(share.high * by.high),
})

/**
 * How many people of a window the operating point misses: the corrected share of osteoporosis, times the people, times the
 * share of such people that the card's model does not call so. Limits of both factors are multiplied, so they are wide. It
 * assumes that severity within the class is that of the card.
 */
export const missedOf = (
  card: BaselineCard,
  corrected: CorrectedFigure,
  counts: DomainFigures['counts'],
): MissedFigure | NoFigure => {
  const [called] = card.confusion.perVote
  const cases = card.confusion.perVote.reduce((sum, row) => sum + row[0], 0)
  const hits = wilson({ successes: called[0], trials: cases })
  if (hits.kind === 'no-answer') return withoutFigure(hits)
  const n = counts.normal + counts.osteopenia + counts.osteoporosis
  const share = corrected.classes.osteoporosis
  const people: Figure = { estimate: n * share.estimate, low: n * share.low, high: n * share.high }
  const { estimate, low, high } = hits.value
  const misses: Figure = { estimate: 1 - estimate, low: 1 - high, high: 1 - low }
  return {
    kind: 'answer',
    people: scaled(people, { estimate: 1, low: 1, high: 1 }),
    flagged: scaled(people, hits.value),
    missed: scaled(people, misses),
    referred: counts.osteoporosis,
  }
}

/** Sensitivity, specificity and predictive values of osteoporosis that the card implies at the mix of a window. */
export const projectedOf = (card: BaselineCard, corrected: CorrectedFigure): DomainFigures['projected'] => {
  const { osteoporosis, osteopenia, normal } = corrected.classes
  const shares = [osteoporosis, osteopenia, normal].map(({ estimate }) => estimate)
  const sum = shares.reduce((all, share) => all + share, 0)
  const found = projectBaseline({
    domains: { card: card.domain, site: card.domain },
    validation: card.confusion.perVote,
    mix: shares.map((share) => share / sum),
  })
  if (found.kind === 'no-answer') return withoutFigure(found)
  const [first] = found.value.classes
  if (first === undefined) return { kind: 'no-answer', reason: 'empty', detail: 'no class' }
  const { specificity, positivePredictiveValue, negativePredictiveValue } = first
  if (
    specificity === undefined ||
    positivePredictiveValue === undefined ||
    negativePredictiveValue === undefined
  )
    return { kind: 'no-answer', reason: 'empty', detail: 'nobody is on one side of the threshold' }
  return {
    kind: 'answer',
    sensitivity: rounded(first.sensitivity),
    specificity: rounded(specificity),
    ppv: rounded(positivePredictiveValue),
    npv: rounded(negativePredictiveValue),
  }
}
