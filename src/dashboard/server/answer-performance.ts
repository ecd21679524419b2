import type { BaselineCard } from '../../contracts/baseline-card.ts'
import { cardClasses } from '../../contracts/baseline-card.ts'
import { rolesAt } from '../../contracts/model-activation.ts'
import { wilson } from '../../statistics/intervals/proportions.ts'
import type { Viewer } from '../sign-in/viewer.ts'
import { chosenMonth } from './answer-overview.ts'
import { answerPrevalence, type Domain } from './answer-prevalence.ts'
import type { PerformanceAnswer } from './answers.ts'
import type { ApiDeps } from './api-types.ts'

type Ratio = PerformanceAnswer['checks'][number]['classes'][number]['sensitivity']

const ratio = (part: number, whole: number): Ratio => {
  const found = wilson({ successes: part, trials: whole })
  if (found.kind === 'no-answer') return { ...found, people: whole }
  const { estimate, low, high } = found.value
  return { kind: 'answer', estimate, low, high, people: whole }
}

const at = (rows: BaselineCard['confusion']['perVote'], called: number, truth: number): number =>
  rows[called]?.[truth] ?? 0

/** One class against the rest, counted on the votes of a card (rows: called, columns: true). */
const classesOf = ({ confusion: { perVote } }: BaselineCard) =>
  cardClasses.map((name, k) => {
    const sum = (isPart: (called: number, truth: number) => boolean): number =>
      [0, 1, 2].reduce(
        (all, called) =>
          all +
          [0, 1, 2].reduce((row, truth) => row + (isPart(called, truth) ? at(perVote, called, truth) : 0), 0),
        0,
      )
    const hit = at(perVote, k, k)
    const clear = sum((called, truth) => called !== k && truth !== k)
    return {
      name,
      sensitivity: ratio(
        hit,
        sum((_, truth) => truth === k),
      ),
      specificity: ratio(
        clear,
        sum((_, truth) => truth !== k),
      ),
      ppv: ratio(
        hit,
        sum((called) => called === k),
      ),
      npv: ratio(
        clear,
        sum((called) => called !== k),
      ),
    }
  })

const checkOf = (card: BaselineCard, roles: ReadonlyMap<string, string>) => ({
  model: `${card.model.name} ${card.model.version}`,
  role: roles.get(card.model.weightsDigest) ?? 'not active',
  set: card.set,
  domain: card.domain,
  sites: card.sites.length,
  people: card.confusion.perVote.flat().reduce((sum, count) => sum + count, 0),
  classes: classesOf(card),
})

const order = ['primary', 'shadow']

/** What is known of how well the models read: what was measured, on which films, and what it implies for the people of a month. */
export const answerPerformance = async (
  deps: ApiDeps,
  viewer: Viewer,
  asked?: Domain,
): Promise<PerformanceAnswer> => {
  const instant = deps.now().toISOString()
  const roles = new Map(
    [...rolesAt(deps.readers.activations(), instant).values()].map(
      ({ model, role }) => [model.weightsDigest, role] as const,
    ),
  )
  const rank = (role: string): number => (order.indexOf(role) + order.length + 1) % (order.length + 1)
  const prevalence = await answerPrevalence(deps, viewer, asked)
  const month = chosenMonth(prevalence)
  return {
    asOf: prevalence.asOf,
    stale: prevalence.stale,
    label: prevalence.label,
    checks: (await deps.readers.cards())
      .map((card) => checkOf(card, roles))
      .toSorted((a, b) => rank(a.role) - rank(b.role) || (a.model < b.model ? -1 : 1)),
    ...(month === undefined ? {} : { month: month.month }),
    projected: month?.all?.projected ?? {
      kind: 'no-answer',
      reason: 'no-report',
      detail: 'no month of all regions together has a corrected figure that you may see',
    },
    missed: month?.all?.missed ?? {
      kind: 'no-answer',
      reason: 'no-report',
      detail: 'no month of all regions together has a corrected figure that you may see',
    },
  }
}
