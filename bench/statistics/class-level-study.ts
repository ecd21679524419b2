import { createClassDrift } from '../../src/statistics/drift/class-drift.ts'
import { attributeDrift } from '../../src/statistics/drift/drift-attribution.ts'
import { stabilityIndex } from '../../src/statistics/drift/population-stability.ts'
import { countScores, edgesFromReference } from '../../src/statistics/inputs/score-bins.ts'
import { drawIndex, drawNormal } from '../../src/statistics/maths/draws.ts'
import type { Random } from '../../src/statistics/maths/random.ts'
import { classMixFromScores } from '../../src/statistics/prevalence/class-mixture.ts'
import { type Context, must, type Study, share, shareError } from './study.ts'

type World = {
  readonly name: string
  readonly mix: readonly number[]
  readonly scale: number
  readonly shift: number
  readonly page: string
  readonly populationOnly: boolean
}

const even = [1 / 3, 1 / 3, 1 / 3] as const
const worlds: readonly World[] = [
  { name: 'no change', mix: even, scale: 1, shift: 0, page: '.038', populationOnly: true },
  { name: 'mix .60/.30/.10', mix: [0.6, 0.3, 0.1], scale: 1, shift: 0, page: '.039', populationOnly: true },
  { name: 'mix .20/.28/.52', mix: [0.2, 0.28, 0.52], scale: 1, shift: 0, page: '.042', populationOnly: true },
  { name: 'scanner +.5 sd', mix: even, scale: 1, shift: 0.5, page: '.615', populationOnly: false },
  { name: 'both', mix: [0.2, 0.28, 0.52], scale: 1, shift: 0.5, page: '.60', populationOnly: false },
  { name: 'compression × .8', mix: even, scale: 0.8, shift: 0, page: '.295', populationOnly: false },
]

/** Means of three Gaussian classes of unit spread; the page does not give them, these come near its two powers. */
const means = [1.8, 3.6, 5.4] as const

const drawScores = (random: Random, world: World, people: number): Float64Array =>
  Float64Array.from(
    { length: people },
    () => world.scale * ((means[drawIndex(random, world.mix)] ?? 0) + drawNormal(random)) + world.shift,
  )

const testOnce = ({ random }: Context, world: World) => {
  const reference = means.map((mean) => Float64Array.from({ length: 200 }, () => mean + drawNormal(random)))
  const edges = edgesFromReference(
    reference.flatMap((scores) => Array.from(scores)),
    [],
    10,
  )
  const classCounts = reference.map((scores) => countScores(edges, scores))
  const live = countScores(edges, drawScores(random, world, 800))
  const model = must(createClassDrift(classCounts))
  const tested = must(attributeDrift({ model, live, method: 'bootstrap', resamples: 199, random }))
  return { rejected: tested.p <= 0.05, index: stabilityIndex(live, model.reference) }
}

/** Class means at which EM and raw shares err as on the page, with equal shares in the calibration set. */
const spacing = 2.2

const mixError = ({ random }: Context, mix: readonly number[], people: number, runs: number) => {
  let em = 0
  let raw = 0
  for (let run = 0; run < runs; run += 1) {
    const counts = [0, 0, 0]
    const posteriors = Array.from({ length: people }, () => {
      const score = spacing * drawIndex(random, mix) + drawNormal(random)
      const raised = [0, 1, 2].map((k) => Math.exp(-0.5 * (score - spacing * k) ** 2))
      const sum = raised.reduce((all, value) => all + value, 0)
      const own = raised.map((value) => value / sum)
      const called = own.indexOf(Math.max(...own))
      counts[called] = (counts[called] ?? 0) + 1
      return own
    })
    const found = must(classMixFromScores({ posteriors, prior: [1 / 3, 1 / 3, 1 / 3] }))
    mix.forEach((truth, k) => {
      em += Math.abs((found.classes[k]?.estimate ?? 0) - truth) / 3 / runs
      raw += Math.abs((counts[k] ?? 0) / people - truth) / 3 / runs
    })
  }
  return { em, raw }
}

const errorRows = [
  { name: '.70/.22/.08', mix: [0.7, 0.22, 0.08], page: ['.042/.048', '.029/.043', '.024/.041'] },
  { name: '.20/.30/.50', mix: [0.2, 0.3, 0.5], page: ['.049/.040', '.034/.030', '.028/.027'] },
] as const
const sizes = [100, 200, 300] as const

/** Drift attribution with the class mix free, and when class-level EM beats raw shares. */
export const classLevelStudy: Study = {
  name: 'drift attribution and EM at class level',
  run: (context) => {
    const count = context.runs(600)
    const results = worlds.map((world, w) => {
      context.progress(w, worlds.length + 1)
      const runs = Array.from({ length: count }, () => testOnce(context, world))
      return {
        world,
        rejected: runs.filter(({ rejected }) => rejected).length / count,
        fixed: runs.filter(({ index }) => index >= 0.1).length / count,
      }
    })
    context.progress(worlds.length, worlds.length + 1)
    const errorRuns = context.runs(800)
    const errors = errorRows.map((row) => ({
      row,
      found: sizes.map((people) => mixError(context, row.mix, people, errorRuns)),
    }))
    return {
      title: 'Drift attribution and EM at class level',
      text: [
        `Three Gaussian classes, 200 people each on the card, windows of 800, 10 bins, 199 resamples, ${count} runs a row. Class means ${means.join(', ')} (the page does not give its own; these come near both of its powers).`,
        `Whether class-level EM beats raw shares depends on the shift and on the size: always print its bootstrap error. Mean absolute error over classes, ${errorRuns} runs.`,
      ],
      tables: [
        {
          caption: 'Share of windows that alarm',
          columns: ['world', 'ours: residual test at 5 %', 'page', 'naive: PSI ≥ .1'],
          rows: results.map(({ world, rejected, fixed }) => [
            world.name,
            share(rejected),
            world.page,
            share(fixed, 2),
          ]),
        },
        {
          caption: 'Mean error of class-level EM / raw shares (in brackets: statistics page)',
          columns: ['live mix', ...sizes.map((people) => `n = ${people}`)],
          rows: errors.map(({ row, found }) => [
            row.name,
            ...found.map(({ em, raw }, i) => `${share(em)} / ${share(raw)} (${row.page[i]})`),
          ]),
        },
      ],
      plots: [],
      checks: results.map(({ world, rejected }) => ({
        name: `class-level residual test alarms, ${world.name}`,
        value: rejected,
        low: world.populationOnly
          ? Math.max(0, 0.02 - 2 * shareError(0.03, count))
          : Number(world.page) - 0.15,
        high: world.populationOnly ? 0.1 + 2 * shareError(0.1, count) : Number(world.page) + 0.15,
      })),
    }
  },
}
