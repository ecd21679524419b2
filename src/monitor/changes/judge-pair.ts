import type { BaselineCard } from '../../contracts/baseline-card.ts'
import type { Change } from '../../contracts/change-report.ts'
import type { NoAnswer } from '../../statistics/answer.ts'
import { judgeChange } from '../../statistics/drift/change-verdict.ts'
import type { ChangeEvidence } from '../../statistics/drift/witnesses.ts'
import { chiSquareTwoSample } from '../../statistics/intervals/two-sample-tests.ts'
import { normalTwoSided } from '../../statistics/maths/distributions.ts'
import type { Random } from '../../statistics/maths/random.ts'
import { classCounts } from '../figures/plain-figures.ts'
import type { ReaderCard } from '../figures/reader-card.ts'
import { domainLabels } from '../figures/window-figures.ts'
import { oneMemberP } from './compare-members.ts'
import { cardOfPair, differenceOf, fewInPair } from './compare-windows.ts'
import { announcementState, digestState, softwareState } from './gather-checks.ts'
import { gatherControls } from './gather-controls.ts'
import type { Pair, Scene } from './month-scene.ts'
import { residualP } from './residual-witness.ts'

/** Error rate of each test: many scopes are judged every month, and each has several witnesses. */
const alpha = 0.01

/** (1.96 + .84) / 1.96: what is so much larger than the reach of the limits is seen four times in five. */
const seenBy = 1.43

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
const votesIn = ({ people }: Pair['after']): number => total(classCounts(people))

const rawReach = (pair: Pair): number => {
  const shares = [pair.before, pair.after].map(({ people }) => {
    const counts = classCounts(people)
    const n = total(counts)
    const share = (counts[0] + 0.5) / (n + 1)
    return (share * (1 - share)) / n
  })
  return 1.96 * Math.sqrt(total(shares))
}

/** The smallest change that would have been seen, as the sentence that stands with every verdict. */
const smallestSeen = (pair: Pair, difference: Change['difference']): string => {
  const people = `with ${votesIn(pair.before)} and ${votesIn(pair.after)} people`
  const [reach, of] =
    difference.kind === 'answer'
      ? [(difference.high - difference.low) / 2, 'the corrected share']
      : [rawReach(pair), 'the raw share']
  return `${people} a change of ${of} by ${(100 * seenBy * reach).toFixed(1)} points would have been seen four times in five; smaller ones often not`
}

/** p of a difference from its 95 % interval, taken as normal. */
const differenceP = (difference: Change['difference']): number =>
  difference.kind === 'answer' && difference.high > difference.low
    ? normalTwoSided((2 * 1.96 * difference.estimate) / (difference.high - difference.low))
    : 1

/** p that nothing changed: the smaller one of raw calls and corrected share, times two because both are asked. */
const changeP = (pair: Pair, difference: Change['difference']): number => {
  const reference = classCounts(pair.before.people)
  const found = chiSquareTwoSample({ reference, live: classCounts(pair.after.people) })
  // Where everybody has one class in both windows nothing has changed.
  const calls = found.kind === 'answer' ? found.value.p : 1
  return Math.min(1, 2 * Math.min(calls, differenceP(difference)))
}

/** Said where nothing is called a change although the interval leaves out zero: a reader sees it and would wonder. */
const besideZero = ({ difference }: Pick<Change, 'difference'>): string =>
  difference.kind === 'answer' && (difference.low > 0 || difference.high < 0)
    ? 'the interval leaves out zero, as one in twenty does by chance; a change is named from p < .01 on; '
    : ''

/** What is known of a change; nobody sends canaries, phantoms, pairs of films or reference tests that can be read here yet. */
const evidenceOf = (
  scene: Scene,
  pair: Pair,
  { card, difference }: { readonly card: BaselineCard | NoAnswer; readonly difference: Change['difference'] },
  random: Random,
) => {
  const residual = residualP(pair, card, alpha, random)
  const oneMember = oneMemberP(scene, pair)
  return {
    changeP: changeP(pair, difference),
    ...(residual === undefined ? {} : { residualP: residual }),
    ...(oneMember === undefined ? {} : { oneMakerP: oneMember }),
    imagingControls: gatherControls(scene, pair),
    softwareVersion: softwareState(scene, pair),
    announcements: announcementState(scene, pair),
    digests: digestState(pair),
    canaries: 'untested',
    auditLabels: 'untested',
    alpha,
  } satisfies ChangeEvidence
}

/** Judges one scope of one domain by its witnesses. */
export const judgePair = (scene: Scene, pair: Pair, cards: readonly ReaderCard[], random: Random): Change => {
  const card = cardOfPair(pair, cards)
  const difference = differenceOf(pair, card, random)
  const common = {
    domain: pair.after.domain,
    label: domainLabels[pair.after.domain],
    before: scene.before,
    people: { before: votesIn(pair.before), after: votesIn(pair.after) },
    difference,
  }
  const few = fewInPair(pair)
  if (few !== undefined) return { ...common, verdict: 'not-judged', statement: few.detail, witnesses: [] }
  const seen = smallestSeen(pair, difference)
  const found = judgeChange({ ...evidenceOf(scene, pair, { card, difference }, random), smallestSeen: seen })
  if (found.kind === 'no-answer') {
    const verdict = found.reason === 'uninformative' ? 'no-change-seen' : 'not-judged'
    return { ...common, verdict, statement: `${found.detail}; ${besideZero(common)}${seen}`, witnesses: [] }
  }
  const { verdict, statement, witnesses } = found.value
  return { ...common, verdict, statement, witnesses, onset: scene.after.start }
}
