/** Times the three hot paths of the statistics on one core: attribution, severity-aware estimate, clustered DeLong. */
import { pathToFileURL } from 'node:url'
import { attributeDrift } from '../src/statistics/drift/drift-attribution.ts'
import { createSeverityDrift } from '../src/statistics/drift/severity-drift.ts'
import { countScores } from '../src/statistics/inputs/score-bins.ts'
import { drawNormal } from '../src/statistics/maths/draws.ts'
import { createRandom, type Random } from '../src/statistics/maths/random.ts'
import { clusteredDeLong } from '../src/statistics/performance/auc.ts'
import { fitSeverityCard, type SeverityCard } from '../src/statistics/severity/severity-card.ts'
import { fitSeverityWindow, severityPrevalence } from '../src/statistics/severity/severity-prevalence.ts'

/** Seed of the simulated card, windows and films. */
export type StatisticsBenchOptions = { readonly seed?: number }

const seconds = (from: number): number => (performance.now() - from) / 1000

const drawCard = (random: Random): SeverityCard => {
  const severity = Float64Array.from({ length: 600 }, () => -1.69 + 0.86 * drawNormal(random))
  const score = severity.map((t) => t + 0.3 * drawNormal(random))
  const card = fitSeverityCard({
    domain: 'synthetic',
    severity,
    score,
    thresholds: [-2.4, -1],
    response: 'location-scale',
  })
  if (card.kind === 'no-answer') throw new Error(card.detail)
  return card.value
}

const drawWindow = (random: Random, card: SeverityCard, people: number): number[] =>
  countScores(
    card.edges,
    Float64Array.from({ length: people }, () => -1.4 + 0.9 * drawNormal(random) + 0.3 * drawNormal(random)),
  )

const timeAttribution = (random: Random, card: SeverityCard) => {
  const clinics = 500
  const weeks = 52
  const windows = Array.from({ length: clinics * weeks }, () =>
    drawWindow(random, card, 60 + Math.floor(random() * 120)),
  )
  const from = performance.now()
  const model = createSeverityDrift(card)
  let answered = 0
  for (const live of windows)
    if (attributeDrift({ model, live, method: 'asymptotic' }).kind === 'answer') answered += 1
  return {
    clinics,
    weeks,
    bins: model.bins,
    cells: card.grid.cells,
    answered,
    seconds: seconds(from),
    target: 5,
  }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0

const timeSeverity = (random: Random, card: SeverityCard) => {
  const live = drawWindow(random, card, 800)
  const single: number[] = []
  const bootstrap: number[] = []
  for (let i = 0; i < 100; i += 1) {
    const from = performance.now()
    fitSeverityWindow(card, live)
    single.push(performance.now() - from)
  }
  for (let i = 0; i < 7; i += 1) {
    const from = performance.now()
    severityPrevalence({ card, site: 'synthetic', live, draws: 200, random })
    bootstrap.push(seconds(from))
  }
  return {
    people: 800,
    estimateMilliseconds: median(single),
    estimateTarget: 5,
    bootstrapDraws: 200,
    bootstrapSeconds: median(bootstrap),
    bootstrapTarget: 1,
  }
}

const timeDeLong = (random: Random) => {
  const films = 20_000
  const positive = Uint8Array.from({ length: films }, () => (random() < 0.17 ? 1 : 0))
  const scores = Float64Array.from(positive, (ill) => 2 * ill + drawNormal(random))
  const clusters = Array.from({ length: films }, (_, i) => `person-${i >> 1}`)
  const times: number[] = []
  for (let i = 0; i < 15; i += 1) {
    const from = performance.now()
    clusteredDeLong({ scores: [scores], positive, clusters })
    times.push(performance.now() - from)
  }
  return { films, persons: films / 2, first: times[0], milliseconds: median([...times]), target: 100 }
}

/** Runs the three measures, prints them, and returns them as one object. */
export const run = (options: StatisticsBenchOptions = {}): Promise<object> => {
  const random = createRandom(options.seed ?? 1)
  const card = drawCard(random)
  const attribution = timeAttribution(random, card)
  console.log(
    `attribution, asymptotic, ${attribution.clinics} clinics × ${attribution.weeks} weeks: ${attribution.seconds.toFixed(2)} s (target ≤ ${attribution.target} s)`,
  )
  const severity = timeSeverity(random, card)
  console.log(
    `severity-aware estimate: ${severity.estimateMilliseconds.toFixed(2)} ms (target ≤ ${severity.estimateTarget} ms); 200-draw bootstrap: ${severity.bootstrapSeconds.toFixed(3)} s (target ≤ ${severity.bootstrapTarget} s)`,
  )
  const deLong = timeDeLong(random)
  console.log(
    `clustered DeLong, ${deLong.films} films: ${deLong.milliseconds.toFixed(1)} ms (target ≤ ${deLong.target} ms)`,
  )
  return Promise.resolve({ attribution, severity, deLong })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await run({ seed: Number(process.argv[2] ?? 1) })
