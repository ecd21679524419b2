import { colours, label, legend, line, path, picture, scale } from '../../src/figures/svg.ts'
import { middleOf } from '../../src/statistics/severity/severity-cells.ts'
import { fitSeverityWindow } from '../../src/statistics/severity/severity-prevalence.ts'
import { countPeople, drawCard, drawPeople, type Scenario, unchanged } from './latent-world.ts'
import type { Context, Plot } from './study.ts'

const density = (scenario: Scenario, t: number): number =>
  scenario.groups.reduce(
    (sum, { share, mean, sd }) =>
      sum + (share / (sd * Math.sqrt(2 * Math.PI))) * Math.exp(-0.5 * ((t - mean) / sd) ** 2),
    0,
  )

/** One window as a picture: the card's distribution of T, the live one, and what 800 scores say about it. */
export const plotSeverityDistribution = ({ random }: Context, scenario: Scenario): Plot => {
  const { card } = drawCard(random)
  const live = countPeople(card, drawPeople(random, scenario, 800))
  const fit = fitSeverityWindow(card, live)
  const width = 900
  const [top, bottom] = [112, 420]
  const x = scale(-5, 2, 60, width - 40)
  const tallest = Math.max(0.45, ...fit.severity.map((share) => share / card.grid.width))
  const y = scale(0, tallest * 1.15, bottom, top)
  const grid = Array.from({ length: 141 }, (_, i) => -5 + i * 0.05)
  const curve = (of: (t: number) => number) => grid.map((t) => [x(t), y(of(t))] as const)
  const steps = Array.from(fit.severity, (share, c) => ({
    t: middleOf(card.grid, c),
    height: share / card.grid.width,
  }))
    .filter(({ t }) => t > -5 && t < 2)
    .flatMap(({ t, height }) => [[x(t - 0.05), y(height)] as const, [x(t + 0.05), y(height)] as const])
  const ends = [[steps.at(-1)?.[0] ?? 0, bottom] as const, [steps[0]?.[0] ?? 0, bottom] as const]
  const body = [
    ...legend(24, 84, [
      { name: 'estimated from 800 scores', fill: colours.ours },
      { name: 'true live population', fill: colours.ink },
      { name: 'population of the card', fill: colours.naive },
    ]),
    path([...steps, ...ends], { area: '#cfe3f1' }),
    path(steps, { stroke: colours.ours }),
    path(
      curve((t) => density(scenario, t)),
      { stroke: colours.ink, width: 2.5 },
    ),
    path(
      curve((t) => density(unchanged, t)),
      { stroke: colours.naive, dash: '6 5' },
    ),
    line(60, bottom, width - 40, bottom, { stroke: colours.quiet }),
    ...[-2.5, -1].flatMap((cut) => [
      line(x(cut), top, x(cut), bottom, { stroke: colours.quiet, dash: '3 4' }),
    ]),
    label(x(-3.75), top + 14, 'osteoporosis', { anchor: 'middle', fill: colours.quiet }),
    label(x(-1.75), top + 14, 'osteopenia', { anchor: 'middle', fill: colours.quiet }),
    label(x(0.5), top + 14, 'normal', { anchor: 'middle', fill: colours.quiet }),
    ...[-5, -4, -3, -2.5, -2, -1, 0, 1, 2].map((t) =>
      label(x(t), bottom + 20, t.toString().replace('-', '−'), { anchor: 'middle', fill: colours.quiet }),
    ),
    label((60 + width - 40) / 2, bottom + 44, 'femoral-neck T-score', { anchor: 'middle' }),
  ]
  return {
    file: 'severity-distribution.svg',
    alt: 'Distribution of the T-score: card, true live population and the estimate from 800 scores',
    svg: picture({
      width,
      height: bottom + 62,
      title: 'From 800 scores to the T-scores behind them',
      note: `Scenario “${scenario.name}”: prevalence is the area left of −2.5, whatever shape the population takes`,
      body,
    }),
  }
}
