import {
  type Report,
  type ReportScope,
  type ReportWindow,
  reportKeyOf,
  reportSchema,
} from '../contracts/report.ts'
import type { WindowCounts } from '../contracts/window-counts.ts'
import { sha256Of } from '../runtime/sha256.ts'
import { macOf } from '../runtime/signatures.ts'
import type { ReaderCard } from './figures/reader-card.ts'
import { figuresOf } from './figures/window-figures.ts'
import { isProvisional } from './windows.ts'

/** The method of these reports and its version: another way to make a figure is another version. */
export const prevalenceMethod = { method: 'prevalence', methodVersion: 1 } as const

/** What one report is made of. */
export type ReportInputs = {
  readonly scope: ReportScope
  readonly window: ReportWindow
  /** One entry for each domain that has people; none where nobody is left. */
  readonly counts: readonly WindowCounts[]
  readonly cards: readonly ReaderCard[]
  readonly now: Date
  readonly cut: Report['cut']
}

/** A report before it has its revision. */
export type ReportDraft = Omit<Report, 'revision'> & { readonly key: string }

/** Whole numbers beyond 2^53 as text. */
export const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, entry: unknown) => (typeof entry === 'bigint' ? entry.toString() : entry))

/** Cards that can have been used, by digest. */
export const cardDigests = ({ counts, cards }: Pick<ReportInputs, 'counts' | 'cards'>): string[] => {
  const used = new Set(
    counts.flatMap(({ people }) => people.map((cell) => `${cell.modelDigest} ${cell.finderDigest}`)),
  )
  return cards
    .filter(({ modelDigest, finderDigest }) => used.has(`${modelDigest} ${finderDigest}`))
    .map(({ card }) => sha256Of(textOf(card)))
    .toSorted()
}

/** A seed of 48 bits from an HMAC. */
export const seedOf = (mac: string): number => Number.parseInt(mac.slice(0, 12), 16)

/**
 * Makes the report of a scope and a window. Its id and its seed are HMACs of everything that goes in, under the engine's key:
 * a plain hash would let small counts be guessed. The same inputs give the same bytes, on every machine and at every time.
 */
export const makeReport = (inputs: ReportInputs, engineKey: Uint8Array): ReportDraft => {
  const { scope, window, counts, cards, now, cut } = inputs
  const provisional = isProvisional(window, now)
  const digests = cardDigests(inputs)
  const said = textOf([scope, window, prevalenceMethod, counts, digests])
  const seed = seedOf(macOf(engineKey, `osteostream.seed.1\n${said}`))
  const report = reportSchema.parse({
    reportId: macOf(engineKey, `osteostream.report.1\n${provisional}\n${said}`),
    scope,
    window,
    ...prevalenceMethod,
    revision: 1,
    cut,
    provisional,
    madeAt: now.toISOString(),
    body: {
      figures: counts.map((of) => figuresOf(of, cards, seed)),
      cards: digests,
      seed,
    },
  })
  const { revision: _first, ...draft } = report
  return { ...draft, key: reportKeyOf(report) }
}
