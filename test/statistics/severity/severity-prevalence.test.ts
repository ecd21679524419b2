import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { binOf, countScores, edgesFromReference } from '../../../src/statistics/inputs/score-bins.ts'
import { drawNormal } from '../../../src/statistics/maths/draws.ts'
import { createRandom, type Random } from '../../../src/statistics/maths/random.ts'
import { checkLine, fitLine } from '../../../src/statistics/maths/regression.ts'
import { fitSeverityCard, type SeverityCard } from '../../../src/statistics/severity/severity-card.ts'
import {
  cellOf,
  classOfSeverity,
  classStarts,
  coverSeverity,
} from '../../../src/statistics/severity/severity-cells.ts'
import { fitSeverity } from '../../../src/statistics/severity/severity-mixture.ts'
import {
  bootstrapSeverity,
  fitSeverityWindow,
  severityPrevalence,
} from '../../../src/statistics/severity/severity-prevalence.ts'
import { chanceOf, responseOf } from '../../../src/statistics/severity/severity-response.ts'
import { close, expectReason, valueOf, warningsOf } from '../expect-answer.ts'
import { readOracle } from '../oracles/oracle.ts'

type Line = {
  x: number[]
  y: number[]
  intercept: number
  slope: number
  spread: number
  linear: number
  constant_spread: number
  normal: number
}
const lines = readOracle<{ lines: Line[] }>('calibration').lines
type Mixture = {
  live: number[]
  edges: number[]
  line: number[]
  middles: number[]
  chance_row: [number, number[]]
  severity: number[]
  fitted: number[]
}
const mixture = readOracle<Mixture>('mixtures')

const drawPeople = (random: Random, people: number, mean = -1.69, sd = 0.86) =>
  Float64Array.from({ length: people }, () => mean + sd * drawNormal(random))

const drawCard = (seed: number, response?: 'location-scale' | 'kernel'): SeverityCard => {
  const random = createRandom(seed)
  const severity = drawPeople(random, 600)
  const score = severity.map((t) => t + 0.3 * drawNormal(random))
  return valueOf(
    fitSeverityCard({
      domain: 'real',
      severity,
      score,
      thresholds: [-2.4, -1],
      ...(response ? { response } : {}),
    }),
  )
}

const drawWindow = (card: SeverityCard, seed: number, people: number, mean: number, sd = 0.86): number[] => {
  const random = createRandom(seed)
  const scores = drawPeople(random, people, mean, sd).map((t) => t + 0.3 * drawNormal(random))
  return countScores(card.edges, scores)
}

test('the line and its checks agree with statsmodels to 1e-8', () => {
  for (const recorded of lines) {
    const line = fitLine(recorded.x, recorded.y)
    assert.ok(line)
    close(line.intercept, recorded.intercept)
    close(line.slope, recorded.slope)
    close(line.spread, recorded.spread)
    const checks = checkLine(line, recorded.x, recorded.y)
    close(checks.linear, recorded.linear, 1e-8)
    close(checks.constantSpread, recorded.constant_spread, 1e-8)
    close(checks.normal, recorded.normal, 1e-8)
  }
})

test('h(b | T) and fifty rounds of EM agree with numpy to 1e-9', () => {
  const [intercept = 0, slope = 1, spread = 1] = mixture.line
  const line = { intercept, slope, spread, people: 500, meanX: -1.7, sumOfSquaresX: 400 }
  const grid = { start: -6, width: 0.1, cells: mixture.middles.length }
  const table = responseOf({ response: { kind: 'location-scale', line }, edges: mixture.edges, grid })
  const [cell, row] = mixture.chance_row
  row.forEach((chance, b) => {
    assert.ok(Math.abs(chanceOf(table, cell, b) - chance) < 2e-9)
  })
  const start = new Float64Array(grid.cells).fill(1 / grid.cells)
  const found = fitSeverity(table, mixture.live, start)
  mixture.severity.forEach((share, c) => {
    assert.ok(Math.abs((found.severity[c] ?? 0) - share) < 1e-8)
  })
  mixture.fitted.forEach((share, b) => {
    assert.ok(Math.abs((found.fitted[b] ?? 0) - share) < 1e-8)
  })
})

test('cells have edges at −2.5 and −1, classes follow the WHO', () => {
  assert.deepEqual([-4, -2.5, -2.49, -1.01, -1, 2].map(classOfSeverity), [0, 0, 1, 1, 2, 2])
  const grid = coverSeverity(-4.31, 0.62)
  const [first, second] = classStarts(grid)
  close(grid.start + first * grid.width, -2.5, 1e-12)
  close(grid.start + second * grid.width, -1, 1e-12)
  assert.equal(cellOf(grid, -2.5), first - 1)
  assert.equal(cellOf(grid, -2.45), first)
  assert.equal(cellOf(grid, 99), grid.cells - 1)
})

test('a population that becomes milder within classes is seen where class-level methods err', () => {
  const card = drawCard(11)
  for (const [mean, sd, truth] of [
    [-1.69, 0.86, 0.173],
    [-1.2, 0.86, 0.0653],
    [-0.8, 1, 0.0446],
    [-2.2, 0.86, 0.3637],
  ] as const) {
    const live = drawWindow(card, 7, 20_000, mean, sd)
    const found = severityPrevalence({ card, site: 'real', live, draws: 40, random: createRandom(1) })
    const [osteoporosis] = valueOf(found).classes
    assert.ok(osteoporosis)
    assert.ok(
      Math.abs(osteoporosis.estimate - truth) < 0.025,
      `${osteoporosis.estimate} is far from ${truth}`,
    )
    assert.ok(osteoporosis.low < truth + 0.01 && osteoporosis.high > truth - 0.01)
    assert.ok(Math.abs(valueOf(found).meanSeverity - mean) < 0.08)
  }
})

test('a uniform shift of the scanner looks like a population: the caveat always travels along', () => {
  const card = drawCard(11)
  const live = drawWindow(card, 3, 5000, -1.39)
  const found = severityPrevalence({ card, site: 'real', live, draws: 40, random: createRandom(1) })
  assert.ok((valueOf(found).classes[0]?.estimate ?? 1) < 0.13)
  assert.ok(warningsOf(found).includes('imaging-shift-looks-alike'))
})

test('a bent or fanning response is found and answered by a kernel', () => {
  const random = createRandom(4)
  const severity = drawPeople(random, 800)
  const bent = severity.map((t) => Math.exp(0.6 * t) + 0.03 * drawNormal(random))
  const card = fitSeverityCard({ domain: 'real', severity, score: bent })
  assert.ok(warningsOf(card).includes('not-linear'))
  assert.equal(valueOf(card).response.kind, 'kernel')
  const live = countScores(
    valueOf(card).edges,
    drawPeople(random, 20_000, -1.2).map((t) => Math.exp(0.6 * t) + 0.03 * drawNormal(random)),
  )
  const found = severityPrevalence({
    card: valueOf(card),
    site: 'real',
    live,
    draws: 40,
    random: createRandom(1),
  })
  assert.ok(Math.abs((valueOf(found).classes[0]?.estimate ?? 0) - 0.0653) < 0.03)
})

test('kernel and line agree where the line holds', () => {
  const byLine = drawCard(12, 'location-scale')
  const byKernel = drawCard(12, 'kernel')
  const live = drawWindow(byLine, 5, 5000, -1.4)
  const [line] = fitSeverityWindow(byLine, live).shares
  const [kernel] = fitSeverityWindow(byKernel, live).shares
  assert.ok(Math.abs(line - kernel) < 0.02, `${line} and ${kernel}`)
})

test('no answer where the method does not hold', () => {
  const card = drawCard(13)
  const random = createRandom(1)
  const live = drawWindow(card, 1, 400, -1.5)
  expectReason(severityPrevalence({ card, site: 'synthetic', live, random }), 'domain-mismatch')
  expectReason(severityPrevalence({ card, site: 'real', live: [1, 2], random }), 'invalid-input')
  expectReason(
    severityPrevalence({ card, site: 'real', live: drawWindow(card, 1, 20, -1.5), random }),
    'too-few',
  )
  expectReason(severityPrevalence({ card, site: 'real', live: live.map(() => 0), random }), 'empty')
  const severity = drawPeople(random, 300)
  expectReason(fitSeverityCard({ domain: 'real', severity: [], score: [] }), 'empty')
  expectReason(fitSeverityCard({ domain: 'real', severity, score: [1] }), 'invalid-input')
  expectReason(
    fitSeverityCard({ domain: 'real', severity: severity.slice(0, 50), score: severity.slice(0, 50) }),
    'too-few',
  )
  expectReason(fitSeverityCard({ domain: 'real', severity, score: severity.map(() => 1) }), 'uninformative')
  const healthy = severity.map((t) => 3 + 0.1 * t)
  const noisy = severity.map((t) => t + 0.3 * drawNormal(random))
  expectReason(fitSeverityCard({ domain: 'real', severity: healthy, score: noisy }), 'class-never-seen')
  expectReason(
    fitSeverityCard({ domain: 'real', severity, score: severity.map(() => Number.NaN) }),
    'invalid-input',
  )
})

test('small windows and people beyond the card are flagged', () => {
  const card = drawCard(13)
  const small = severityPrevalence({
    card,
    site: 'real',
    live: drawWindow(card, 1, 120, -1.5),
    draws: 40,
    random: createRandom(1),
  })
  assert.ok(warningsOf(small).includes('small-window'))
  const beyond = severityPrevalence({
    card,
    site: 'real',
    live: drawWindow(card, 1, 900, -4.4),
    draws: 40,
    random: createRandom(1),
  })
  assert.ok(warningsOf(beyond).includes('beyond-card-range'))
})

test('shares and posteriors sum to 1; the same seed gives the same bytes; a JSON round trip changes nothing', () => {
  const card = drawCard(14)
  const again: SeverityCard = JSON.parse(JSON.stringify(card))
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 60 }), {
        minLength: card.edges.length + 1,
        maxLength: card.edges.length + 1,
      }),
      fc.integer({ min: 0, max: 999 }),
      (counts, seed) => {
        const live = counts.with(0, 60)
        const once = (from: SeverityCard) =>
          severityPrevalence({ card: from, site: 'real', live, draws: 40, random: createRandom(seed) })
        const found = valueOf(once(card))
        close(
          found.classes.reduce((sum, { estimate }) => sum + estimate, 0),
          1,
        )
        for (const row of found.posteriors)
          close(
            row.reduce((sum, p) => sum + p, 0),
            1,
          )
        assert.equal(JSON.stringify(once(again)), JSON.stringify(once(card)))
      },
    ),
    { seed: 4, numRuns: 25 },
  )
})

test('the bootstrap covers the spread of repeated windows', () => {
  const card = drawCard(15)
  const live = drawWindow(card, 2, 800, -1.69)
  const drawn = bootstrapSeverity(
    card,
    live,
    { random: createRandom(2), draws: 200 },
    ({ shares }) => shares[0],
  )
  const mean = drawn.reduce((sum, share) => sum + share, 0) / drawn.length
  const sd = Math.sqrt(drawn.reduce((sum, share) => sum + (share - mean) ** 2, 0) / drawn.length)
  assert.ok(sd > 0.012 && sd < 0.03, `sd ${sd}`)
})

test('edges: quantiles and thresholds, ascending, none nearly on a threshold', () => {
  const scores = Array.from({ length: 1000 }, (_, i) => i / 1000)
  const edges = edgesFromReference(scores, [0.251, 0.9], 4)
  assert.deepEqual(
    edges.map((edge) => Math.round(edge * 1000) / 1000),
    [0.251, 0.5, 0.749, 0.9],
  )
  assert.equal(binOf(edges, 0.251), 0)
  assert.equal(binOf(edges, 0.2511), 1)
  assert.equal(binOf(edges, 5), 4)
  assert.deepEqual(countScores(edges, [0, 0.3, 0.3, 1]), [1, 2, 0, 0, 1])
})
