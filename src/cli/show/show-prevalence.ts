import type { Prevalence } from '../../analytics/prevalence/read-prevalence.ts'
import type { DensityClass } from '../../contracts/verdict.ts'
import type { ShareInterval } from '../../statistics/intervals/proportions.ts'
import { tableOf } from '../write-output.ts'
import { correctedWords, missedWords, peopleWords } from './figure-words.ts'

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
  correctedWords(entry.corrected),
  peopleWords(entry.corrected),
  missedWords(entry.missed),
  rawText(entry, 'osteopenia'),
  rawText(entry, 'normal'),
  percent(entry.unreadableShare),
]

const head = [
  'region',
  'month',
  'people',
  'osteoporosis % raw',
  'corrected',
  'live and validation n',
  'missed',
  'osteopenia % raw',
  'normal % raw',
  'unreadable %',
]

/** What limits the corrected figures: each sentence once. */
const limitsOf = (found: readonly Prevalence[]): string[] => {
  const limits = found.flatMap(({ corrected }) =>
    corrected.kind === 'answer' ? [`${corrected.method}: ${corrected.limitedBy.split(':')[0] ?? ''}`] : [],
  )
  return [...new Set(limits)]
}

/** Prevalence for a person: shares in per cent with 95 % intervals, and what must be said beside them. */
export const prevalenceLines = (found: readonly Prevalence[]): string[] => {
  if (found.length === 0) return ['no votes yet: no person of 50 and over with a readable hip']
  const notes = [...new Set(found.map((entry) => `${entry.label}; ${entry.caption}`))]
  return [
    tableOf([head, ...found.map(rowOf)]),
    '',
    ...notes,
    "raw: the model's calls with Wilson 95 % intervals; corrected: by the card of exactly this model; missed: people with",
    'osteoporosis whom the operating point does not flag, of all who are estimated to have it; people do not add up over months',
    ...limitsOf(found),
  ]
}
