import { type BaselineCard, baselineCardSchema, cardClasses } from '../../contracts/baseline-card.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import type { Domain } from '../../statistics/inputs/domain.ts'
import { countScores, edgesFromReference } from '../../statistics/inputs/score-bins.ts'
import { fitSeverityCard } from '../../statistics/severity/severity-card.ts'
import {
  type ClassifierManifest,
  type FinderManifest,
  finderIdentityOf,
  identityOf,
} from '../packages/model-manifest.ts'
import { groupsOf } from './card-groups.ts'
import { chooseVotes } from './choose-votes.ts'
import { makeCalibrator } from './make-calibrator.ts'
import type { LabelledHip } from './read-labels.ts'
import type { EvaluatedHip } from './run-evaluation.ts'
import type { EvaluationTables } from './tabulate.ts'

/** What a card is made from. */
export type CardInput = {
  readonly manifest: ClassifierManifest
  readonly finder: FinderManifest
  readonly set: 'internal' | 'external'
  readonly domain: Domain
  /** All labels of the folder, also of films that the gate rejected. */
  readonly labels: readonly LabelledHip[]
  readonly hips: readonly EvaluatedHip[]
  readonly tables: EvaluationTables
}

/** Says which labels were used, whatever the order of the rows. */
const digestOf = (labels: readonly LabelledHip[]): string => {
  const rows = labels.map(({ file, person, side, tScore, densityClass }) =>
    JSON.stringify([file, person, side ?? null, tScore ?? null, densityClass]),
  )
  return sha256Of(rows.toSorted().join('\n'))
}

/** The scores of the votes in bins of their own quantiles; only their counts leave the folder. */
const scoresOf = (hips: readonly EvaluatedHip[]): BaselineCard['scores'] => {
  const votes = chooseVotes(hips)
  const edges = edgesFromReference(votes.map(({ reading }) => reading.severity))
  const classCounts = cardClasses.map((name) => {
    const own = votes.filter(({ densityClass }) => densityClass === name)
    return countScores(
      edges,
      own.map(({ reading }) => reading.severity),
    )
  })
  return { edges, classCounts }
}

const severityOf = (hips: readonly EvaluatedHip[], domain: Domain): object => {
  // Sums depend on their order in the last bits, and the card must not.
  const pairs = chooseVotes(hips)
    .flatMap(({ tScore, reading }) => (tScore === undefined ? [] : [{ tScore, score: reading.severity }]))
    .toSorted((a, b) => a.tScore - b.tScore || a.score - b.score)
  const found = fitSeverityCard({
    domain,
    severity: pairs.map((pair) => pair.tScore),
    score: pairs.map((pair) => pair.score),
  })
  return found.kind === 'no-answer' ? found : { kind: 'card', ...found.value }
}

/** Makes the card: the same labels and readings give the same card, in whatever order they come. */
export const makeCard = (input: CardInput): BaselineCard => {
  const { manifest, finder, set, domain, labels, hips, tables } = input
  const { pairwise } = tables
  if (pairwise.kind === 'no-answer') throw new Error(`a card needs hips of all classes: ${pairwise.detail}`)
  return baselineCardSchema.parse({
    version: 2,
    model: identityOf(manifest),
    finder: finderIdentityOf(finder),
    temperature: manifest.temperature,
    thresholds: manifest.thresholds,
    votingUnit: 'index-hip',
    set,
    domain,
    labelsDigest: digestOf(labels),
    classes: cardClasses,
    confusion: { perVote: tables.perVote.confusion, perHip: tables.perHip.confusion },
    ...groupsOf(chooseVotes(hips)),
    pairwiseAuc: pairwise.value,
    scores: scoresOf(hips),
    severity: severityOf(hips, domain),
    calibrator: makeCalibrator(chooseVotes(hips)),
  })
}

/** The card as a file: keys in the order of the schema, so that equal cards are equal bytes; a row of numbers a line. */
export const cardText = (card: BaselineCard): string =>
  `${JSON.stringify(card, undefined, 1).replace(/\[[-\d.,\se]+\]/g, (row) => row.replace(/\s+/g, ' '))}\n`
