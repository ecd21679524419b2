import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { baselineCardSchema } from '../../src/contracts/baseline-card.ts'
import type { ReportScope, ReportWindow } from '../../src/contracts/report.ts'
import type { DensityClass } from '../../src/contracts/verdict.ts'
import type { WindowCounts } from '../../src/contracts/window-counts.ts'
import type { ReaderCard } from '../../src/monitor/figures/reader-card.ts'
import { createRandom } from '../../src/statistics/maths/random.ts'
import { hex } from '../analytics/films.ts'

/** The reader of these counts, and the card of a shipped package under its digests. */
export const reader = { modelDigest: hex('model'), finderDigest: hex('finder') }
const file = resolve(import.meta.dirname, '..', '..', 'models', 'vit', '1.1.0', 'card.json')
export const card = baselineCardSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
export const readerCard: ReaderCard = { ...reader, card }

export const october: ReportWindow = { kind: 'month', start: '2026-10-01' }
export const everybody: ReportScope = { kind: 'all', id: '' }

export type Asked = {
  readonly counts: Readonly<Record<DensityClass, number>>
  readonly domain?: 'synthetic' | 'real'
  readonly withoutVote?: number
  readonly scope?: ReportScope
  readonly window?: ReportWindow
  /** True classes of the people whose scores are drawn; the called ones where not given. */
  readonly truth?: Readonly<Record<DensityClass, number>>
  /** Moves the scores, as a change of severity would. */
  readonly shift?: number
  readonly readBy?: { readonly modelDigest: string; readonly finderDigest: string }
}

/** Scores of people of these classes, drawn from those of the card. */
const scoresOf = (counts: Asked['counts'], readBy: typeof reader, shift: number): WindowCounts['scores'] => {
  const { severity } = card
  if (severity.kind === 'no-answer') return []
  const bins = severity.edges.length + 1
  const random = createRandom(7)
  const drawn = new Map<number, number>()
  ;(['osteoporosis', 'osteopenia', 'normal'] as const).forEach((name, k) => {
    const own = (severity.classCounts[k] ?? []).flatMap((people, bin) =>
      Array.from({ length: people }, () => bin),
    )
    for (let i = 0; i < counts[name]; i += 1) {
      const bin = own[Math.floor(random() * own.length)] ?? 0
      const moved = Math.min(bins - 1, Math.max(0, bin + shift))
      drawn.set(moved, (drawn.get(moved) ?? 0) + 1)
    }
  })
  return [...drawn].toSorted(([a], [b]) => a - b).map(([bin, people]) => ({ ...readBy, bin, people }))
}

/** Counts of a window as ClickHouse would give them: women of 70 to 74 of one clinic. */
export const countsOf = (asked: Asked): WindowCounts => {
  const { counts, domain = 'synthetic', withoutVote = 0, shift = 0, readBy = reader } = asked
  const common = { sex: 'F', ageBand: '70-74', reason: 'pain' }
  const voted = (['normal', 'osteopenia', 'osteoporosis'] as const).flatMap((densityClass) =>
    counts[densityClass] === 0
      ? []
      : [{ ...common, ...readBy, densityClass, withoutVote: '', people: counts[densityClass] }],
  )
  const nobody = { modelDigest: '', finderDigest: '', densityClass: undefined }
  const without =
    withoutVote === 0 ? [] : [{ ...common, ...nobody, withoutVote: 'HIP_UNREADABLE', people: withoutVote }]
  return {
    scope: asked.scope ?? everybody,
    window: asked.window ?? october,
    domain,
    people: [...voted, ...without],
    scores: scoresOf(asked.truth ?? counts, readBy, shift),
    clinics: voted.map(({ densityClass, people }) => ({ siteId: 'lisbon', densityClass, people })),
    controls: [{ name: 'kvp', films: 4, sum: 300_000_000n, sumOfSquares: 22_600_000_000_000_000n }],
    films: voted.reduce((sum, { people }) => sum + people, withoutVote),
    implausibleFilms: 0,
    linkedPeople: 0,
  }
}
