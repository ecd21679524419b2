import type { BaselineCard } from '../../contracts/baseline-card.ts'
import type { Change } from '../../contracts/change-report.ts'
import type { NoAnswer } from '../../statistics/answer.ts'
import { judgeChange } from '../../statistics/drift/change-verdict.ts'
import { attributeDrift } from '../../statistics/drift/drift-attribution.ts'
import { createSeverityDrift } from '../../statistics/drift/severity-drift.ts'
import type { ChangeEvidence } from '../../statistics/drift/witnesses.ts'
import { chiSquareTwoSample } from '../../statistics/intervals/two-sample-tests.ts'
import type { Random } from '../../statistics/maths/random.ts'
import { scoresOf } from '../figures/correct-window.ts'
import { classCounts } from '../figures/plain-figures.ts'
import type { ReaderCard } from '../figures/reader-card.ts'
import { domainLabels } from '../figures/window-figures.ts'
import { oneMemberP } from './compare-members.ts'
import { cardOfPair, differenceOf, fewInPair } from './compare-windows.ts'
import { announcementState, digestState, softwareState } from './gather-checks.ts'
import { gatherControls } from './gather-controls.ts'
import type { Pair, Scene } from './month-scene.ts'

/** Error rate of each test: many scopes are judged every month, and each has several witnesses. */
const alpha = 0.01

/** People below whom the residual test says nothing worth hearing. */
const residualFrom = 300

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

/**
 * p that the scores of a window fit the card with severity left free. A window before that fits it no better knows of another
 * fault, older than this change: then the test tells nothing of it.
 */
const residualP = (
  { before, after }: Pair,
  card: BaselineCard | NoAnswer,
  random: Random,
): number | undefined => {
  if ('kind' in card || card.severity.kind === 'no-answer') return undefined
  const bins = card.severity.edges.length + 1
  const model = createSeverityDrift(card.severity)
  const [old, now] = [before, after].map((of): number | undefined => {
    const live = scoresOf(of, bins)
    if (total(live) < residualFrom) return undefined
    const found = attributeDrift({ model, live, random })
    return found.kind === 'answer' ? found.value.p : undefined
  })
  return old === undefined || old < alpha ? undefined : now
}

const changeP = (pair: Pair): number => {
  const reference = classCounts(pair.before.people)
  const found = chiSquareTwoSample({ reference, live: classCounts(pair.after.people) })
  // Where everybody has one class in both windows nothing has changed.
  return found.kind === 'answer' ? found.value.p : 1
}

/** What is known of a change; nobody sends canaries, phantoms, pairs of films or reference tests that can be read here yet. */
const evidenceOf = (scene: Scene, pair: Pair, card: BaselineCard | NoAnswer, random: Random) => {
  const residual = residualP(pair, card, random)
  const oneMember = oneMemberP(scene, pair)
  return {
    changeP: changeP(pair),
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
  const found = judgeChange({ ...evidenceOf(scene, pair, card, random), smallestSeen: seen })
  if (found.kind === 'no-answer') {
    const verdict = found.reason === 'uninformative' ? 'no-change-seen' : 'not-judged'
    return { ...common, verdict, statement: `${found.detail}; ${seen}`, witnesses: [] }
  }
  const { verdict, statement, witnesses } = found.value
  return { ...common, verdict, statement, witnesses, onset: scene.after.start }
}
