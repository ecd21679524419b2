import type { Answer } from '../../src/statistics/answer.ts'
import { countScores } from '../../src/statistics/inputs/score-bins.ts'
import { normalQuantile } from '../../src/statistics/maths/distributions.ts'
import { drawMultinomial, drawNormal } from '../../src/statistics/maths/draws.ts'
import { apply } from '../../src/statistics/maths/linear-algebra.ts'
import type { Random } from '../../src/statistics/maths/random.ts'
import { correctedPrevalence } from '../../src/statistics/prevalence/corrected-prevalence.ts'
import { fitSeverityCard } from '../../src/statistics/severity/severity-card.ts'
import { severityPrevalence } from '../../src/statistics/severity/severity-prevalence.ts'
import { scoreNoise, trueColumns, unchanged } from './latent-world.ts'

/** One cell of the grid: what is known, what is there, and of which class the share is rare. */
export type GridCell = {
  readonly method: 'matrix' | 'severity'
  readonly window: number
  readonly card: number
  readonly ofClass: number
  readonly share: number
  readonly logSd: number
  readonly sites: number
}

/** How often the limits held the truth, how wide they were, and what the product said. */
export type GridResult = {
  readonly cell: GridCell
  readonly answered: number
  readonly repetitions: number
  readonly coverage: number
  readonly width: number
  /** Warnings or reasons, most frequent first, beyond those that every answer carries. */
  readonly said: readonly string[]
}

const windows = [100, 300, 1000, 50_000] as const
const cards = [60, 200, 600] as const
const shares = [0.003, 0.01, 0.05, 0.2] as const

/** All cells of the closed forms: windows × cards × classes × shares × clinics alike or not × one or eight sites. */
export const closedCells: readonly GridCell[] = windows.flatMap((window) =>
  cards.flatMap((card) =>
    [0, 1, 2].flatMap((ofClass) =>
      shares.flatMap((share) =>
        [0, 0.2, 0.4].flatMap((logSd) =>
          [1, 8].map((sites): GridCell => ({ method: 'matrix', window, card, ofClass, share, logSd, sites })),
        ),
      ),
    ),
  ),
)

/** The 48 cells of the bootstrap, named beforehand: every window, card and share of osteoporosis, clinics alike. */
export const bootstrapCells: readonly GridCell[] = windows.flatMap((window) =>
  cards.flatMap((card) =>
    shares.map(
      (share): GridCell => ({ method: 'severity', window, card, ofClass: 0, share, logSd: 0, sites: 1 }),
    ),
  ),
)

const columns = trueColumns(unchanged)

/** The class at its share, the others in the ratio that they have on the card. */
const mixOf = ({ ofClass, share }: GridCell): number[] => {
  const others = [0.174, 0.616, 0.21].map((own, k) => (k === ofClass ? 0 : own))
  const rest = others.reduce((sum, own) => sum + own, 0)
  return others.map((own, k) => (k === ofClass ? share : ((1 - share) * own) / rest))
}

const placeColumns = (random: Random, logSd: number): number[][] => {
  if (logSd === 0) return columns
  const moved = columns.map((row) => row.map((value) => value * Math.exp(logSd * drawNormal(random))))
  const sums = [0, 1, 2].map((j) => moved.reduce((sum, row) => sum + (row[j] ?? 0), 0))
  return moved.map((row) => row.map((value, j) => value / (sums[j] ?? 1)))
}

const siteCounts = (random: Random, of: number[][], people: number): number[][] => {
  const drawn = [0, 1, 2].map((j) => {
    const column = of.map((row) => row[j] ?? 0)
    return drawMultinomial(random, people, column, new Float64Array(3))
  })
  return [0, 1, 2].map((i) => drawn.map((counts) => counts[i] ?? 0))
}

type Classes = Answer<{ readonly classes: readonly { readonly low: number; readonly high: number }[] }>

const askMatrix = (cell: GridCell, random: Random): Classes => {
  const validation = Array.from({ length: cell.sites }, () =>
    siteCounts(random, placeColumns(random, cell.logSd), Math.ceil(cell.card / cell.sites)),
  )
  const seen = apply(placeColumns(random, cell.logSd), mixOf(cell))
  const counts = drawMultinomial(random, cell.window, seen, new Float64Array(3))
  return correctedPrevalence({
    domains: { card: 'synthetic', site: 'synthetic' },
    validation,
    live: { kind: 'pooled', counts },
    draws: 100,
    random,
    persons: cell.window,
  })
}

const askSeverity = (cell: GridCell, random: Random): Classes => {
  // As many of each class: a card from thirds below −2.5, between and above −1, as a study that recruits by class has.
  const severity = Array.from({ length: 3 * cell.card }, (_, i) => {
    const [from, to] = (
      [
        [-4, -2.5],
        [-2.5, -1],
        [-1, 1],
      ] as const
    )[i % 3] ?? [0, 1]
    return from + (to - from) * random()
  })
  const card = fitSeverityCard({
    domain: 'synthetic',
    severity,
    score: severity.map((t) => t + scoreNoise * drawNormal(random)),
    persons: severity.map((_, i) => i),
  })
  if (card.kind === 'no-answer') return card
  // A normal population whose share below −2.5 is the cell's.
  const mean = -2.5 - 0.86 * normalQuantile(cell.share)
  const scores = Array.from(
    { length: cell.window },
    () => mean + 0.86 * drawNormal(random) + scoreNoise * drawNormal(random),
  )
  const live = countScores(card.value.edges, scores)
  return severityPrevalence({
    card: card.value,
    site: 'synthetic',
    live,
    draws: 100,
    random,
    persons: cell.window,
  })
}

const always = ['assumes-unchanged-severity', 'imaging-shift-looks-alike']

/** Runs one cell so many times. */
export const runCell = (cell: GridCell, repetitions: number, random: Random): GridResult => {
  const said = new Map<string, number>()
  let [answered, covered, width] = [0, 0, 0]
  for (let run = 0; run < repetitions; run += 1) {
    const found = cell.method === 'matrix' ? askMatrix(cell, random) : askSeverity(cell, random)
    const words = found.kind === 'no-answer' ? [found.reason] : found.warnings.map(({ code }) => code)
    for (const word of new Set(words)) if (!always.includes(word)) said.set(word, (said.get(word) ?? 0) + 1)
    const own = found.kind === 'answer' ? found.value.classes[cell.ofClass] : undefined
    if (!own) continue
    answered += 1
    width += own.high - own.low
    if (own.low <= cell.share && cell.share <= own.high) covered += 1
  }
  return {
    cell,
    answered,
    repetitions,
    coverage: covered / Math.max(1, answered),
    width: width / Math.max(1, answered),
    said: [...said]
      .filter(([, count]) => count > repetitions / 4)
      .sort(([, a], [, b]) => b - a)
      .map(([word]) => word),
  }
}
