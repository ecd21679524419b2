import type { BaselineCard } from '../../contracts/baseline-card.ts'
import type { NoAnswer } from '../../statistics/answer.ts'
import { attributeDrift } from '../../statistics/drift/drift-attribution.ts'
import { type Residual, residualRiseP } from '../../statistics/drift/residual-rise.ts'
import { createSeverityDrift } from '../../statistics/drift/severity-drift.ts'
import type { Random } from '../../statistics/maths/random.ts'
import { scoresOf } from '../figures/correct-window.ts'
import type { Pair } from './month-scene.ts'

/** People below whom the residual test says nothing worth hearing. */
const residualFrom = 300

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/**
 * p of the residual test, severity left free, as a witness of this change: the window must fit the card badly, and worse than
 * the window before. A card that fits a clinic not quite is at the edge of the test month after month, and crosses it by
 * chance. Where the window before does not fit at all the test knows of another fault, older than this change: undefined.
 */
export const residualP = (
  { before, after }: Pair,
  card: BaselineCard | NoAnswer,
  alpha: number,
  random: Random,
): number | undefined => {
  if ('kind' in card || card.severity.kind === 'no-answer') return undefined
  const bins = card.severity.edges.length + 1
  const model = createSeverityDrift(card.severity)
  const [old, now] = [before, after].map((of): (Residual & { readonly p: number }) | undefined => {
    const live = scoresOf(of, bins)
    const people = total(live)
    if (people < residualFrom) return undefined
    const found = attributeDrift({ model, live, random })
    if (found.kind === 'no-answer') return undefined
    const { statistic, p } = found.value
    return { statistic, p, moments: model.momentsAt(people) }
  })
  if (old === undefined || now === undefined || old.p < alpha) return undefined
  return Math.max(now.p, residualRiseP(old, now))
}
