import { wilson } from '../../src/statistics/intervals/proportions.ts'
import type { MeasuredFilm } from './measure-film.ts'
import { isWanted } from './truth.ts'

/** Counts of each answer, the most frequent first. */
export const countsOf = (answers: readonly string[]): readonly (readonly [string, number])[] => {
  const counts = new Map<string, number>()
  for (const each of answers) counts.set(each, (counts.get(each) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}

const percent = (share: number): string => (100 * share).toFixed(1)

/** `3 of 10 (30.0 %, 10.8–60.3)`: with Wilson's limits of 95 %. */
export const shareText = (successes: number, trials: number): string => {
  const found = wilson({ successes, trials })
  if (found.kind !== 'answer') return `${successes} of ${trials}`
  const { estimate, low, high } = found.value
  return `${successes} of ${trials} (${percent(estimate)} %, ${percent(low)}–${percent(high)})`
}

const medianOf = (values: readonly number[]): string =>
  values.length === 0
    ? '–'
    : (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN).toFixed(3)

const listed = (counts: readonly (readonly [string, number])[]): string =>
  counts.map(([name, count]) => `${name} ${count}`).join(', ') || 'none'

/** A detail without the chance that it ends with. */
const withoutChance = (detail: string): string => detail.replace(/ \(\d+ %\)$/, '')

const hasClean = ({ warnings }: MeasuredFilm): boolean => warnings.some((own) => own.length === 0)

/** The lines of one table: what gate and networks make of films that must be accepted, and of all others. */
export const tableOf = (films: readonly MeasuredFilm[]): string[] => {
  const wanted = films.filter(({ truth }) => isWanted(truth) === true)
  const others = films.filter(({ truth }) => isWanted(truth) === false)
  const refused = wanted.filter(({ refusal }) => refusal !== undefined)
  const accepted = wanted.filter(({ refusal }) => refusal === undefined)
  const hips = accepted.flatMap(({ warnings }) => warnings)
  const seen = wanted.flatMap((film) => film.hips)
  const wronglyRead = others.filter(hasClean)
  return [
    `wrong refusals: ${shareText(refused.length, wanted.length)}`,
    `  reasons: ${listed(countsOf(refused.map(({ refusal }) => refusal?.reason ?? '')))}`,
    `  details: ${listed(countsOf(refused.map(({ refusal }) => withoutChance(refusal?.detail ?? ''))))}`,
    `with a hip that counts: ${shareText(wanted.filter(hasClean).length, wanted.length)}`,
    `accepted hips with a warning: ${shareText(hips.filter((own) => own.length > 0).length, hips.length)}`,
    `  warnings: ${listed(countsOf(hips.flat()))}`,
    `wrong acceptances, a hip counted on a film without any: ${shareText(wronglyRead.length, others.length)}`,
    `  ${wronglyRead.map(({ truth }) => `${truth.name} (${truth.truth})`).join(', ') || 'none'}`,
    `other films accepted with warnings only: ${others.filter((film) => film.refusal === undefined && !hasClean(film)).length}`,
    `wrong sides: ${shareText(
      wanted.reduce((sum, film) => sum + film.wrongSides, 0),
      seen.length,
    )}`,
    'networks on films that must be accepted:',
    `  view: ${listed(countsOf(wanted.map(({ view }) => withoutChance(view))))}`,
    `  hips found or suspected ${seen.length}, presence above .5 on ${wanted.filter((film) => film.hips.some(({ score }) => score > 0.5)).length} films`,
    `  landmarks: a femur ${shareText(seen.filter((hip) => hip.isFemur).length, seen.length)}, confidence of the head ${medianOf(seen.map(({ headConfidence }) => headConfidence))} in the median`,
    `  conditions: ${listed(countsOf(seen.flatMap(({ told }) => told)))}`,
  ]
}
