import { type ChangeBody, changeMethod } from '../../contracts/change-report.ts'
import { figureDomains } from '../../contracts/prevalence-figures.ts'
import { type Report, type ReportScope, reportKeyOf, reportSchema } from '../../contracts/report.ts'
import { macOf } from '../../runtime/signatures.ts'
import { createRandom } from '../../statistics/maths/random.ts'
import type { ReaderCard } from '../figures/reader-card.ts'
import { cardDigests, type ReportDraft, seedOf, textOf } from '../make-report.ts'
import { judgePair } from './judge-pair.ts'
import { type Pair, pairOf, type Scene } from './month-scene.ts'

/** What the report on a change is made of. */
export type ChangeInputs = {
  readonly scope: ReportScope
  readonly scene: Scene
  readonly cards: readonly ReaderCard[]
  readonly now: Date
  readonly cut: Report['cut']
}

/** The counts of a scope in both windows, by domain; a domain that one window lacks is not compared. */
const pairsOf = ({ scope, scene }: ChangeInputs): readonly Pair[] =>
  figureDomains.flatMap((domain) => pairOf(scene, scope, domain) ?? [])

/**
 * Makes the report on the change of a scope between a window and the one before. Seed and id are HMACs: the seed of the
 * counts, the id also of what every witness said, so that the same inputs give the same report whenever it is made.
 */
export const makeChangeReport = (inputs: ChangeInputs, engineKey: Uint8Array): ReportDraft => {
  const { scope, scene, cards, now, cut } = inputs
  const pairs = pairsOf(inputs)
  const counts = pairs.flatMap(({ before, after }) => [before, after])
  const digests = cardDigests({ counts, cards })
  const said = textOf([scope, scene.after, changeMethod, counts, digests])
  const seed = seedOf(macOf(engineKey, `osteostream.seed.1\n${said}`))
  const body: ChangeBody = {
    changes: pairs.map((pair) => judgePair(scene, pair, cards, createRandom(seed))),
    cards: digests,
    seed,
  }
  const report = reportSchema.parse({
    reportId: macOf(engineKey, `osteostream.report.1\n${said}\n${textOf(body.changes)}`),
    scope,
    window: scene.after,
    ...changeMethod,
    revision: 1,
    cut,
    // Only windows that are complete are judged.
    provisional: false,
    madeAt: now.toISOString(),
    body,
  })
  const { revision: _first, ...draft } = report
  return { ...draft, key: reportKeyOf(report) }
}
