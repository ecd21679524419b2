import type { Prevalence } from '../../analytics/prevalence/read-prevalence.ts'
import type { DensityClass } from '../../contracts/verdict.ts'
import type { ShareInterval } from '../../statistics/intervals/proportions.ts'
import { tableOf } from '../write-output.ts'

const percent = (share: number): string => (100 * share).toFixed(1)

const shareText = ({ estimate, low, high }: ShareInterval): string =>
  `${percent(estimate)} (${percent(low)}–${percent(high)})`

const rawText = ({ raw }: Prevalence, name: DensityClass): string =>
  'kind' in raw ? 'no answer' : shareText(raw[name])

const rowOf = (entry: Prevalence): string[] => [
  entry.region,
  entry.month,
  String(entry.n),
  rawText(entry, 'osteoporosis'),
  rawText(entry, 'osteopenia'),
  rawText(entry, 'normal'),
  percent(entry.unreadableShare),
]

/** Prevalence for a person: shares in per cent with 95 % intervals, and what must be said beside them. */
export const prevalenceLines = (found: readonly Prevalence[]): string[] => {
  if (found.length === 0) return ['no votes yet: no person of 50 and over with a readable hip']
  const head = ['region', 'month', 'people', 'osteoporosis %', 'osteopenia %', 'normal %', 'unreadable %']
  const notes = [...new Set(found.map((entry) => `${entry.label}; ${entry.caption}`))]
  return [
    tableOf([head, ...found.map(rowOf)]),
    '',
    ...notes,
    "raw shares with Wilson 95 % intervals, not corrected for the model's errors; people do not add up over months",
  ]
}
