import { type Answer, answer, type NoAnswer, noAnswer, warn } from '../answer.ts'
import type { Clusters } from '../inputs/clusters.ts'
import {
  aFlag,
  aKey,
  aLevel,
  aShare,
  faultInInputs,
  listOf,
  optional,
  wholeFrom,
} from '../inputs/input-rules.ts'
import { clusteredShare } from '../intervals/clustered-share.ts'
import type { ShareInterval } from '../intervals/proportions.ts'

/** Films whose predicted chances lie close together, and how many of them did have the class. */
export type ReliabilityBin = {
  readonly films: number
  readonly meanPredicted: number
  readonly observed: ShareInterval
}

/** Whether predicted chances come true: bins of equal size, and the mean gap between chance and share. */
export type Reliability = { readonly bins: readonly ReliabilityBin[]; readonly expectedError: number }

/** Chance of the class that was predicted for each film, whether it has the class, and whose films they are. */
export type ReliabilityInput = {
  readonly predicted: readonly number[]
  readonly positive: readonly boolean[]
  readonly clusters?: Clusters
  readonly bins?: number
  readonly level?: number
}

/** Films below which a bin says little. */
const fewestFilms = 10

const faultIn = (input: ReliabilityInput): NoAnswer | undefined => {
  const fault = faultInInputs(input, {
    predicted: listOf(aShare),
    positive: listOf(aFlag),
    clusters: optional(listOf(aKey)),
    bins: optional(wholeFrom(1, 1000)),
    level: optional(aLevel),
  })
  if (fault) return fault
  const { predicted, positive, clusters } = input
  if (predicted.length === 0) return noAnswer('empty', 'no films')
  if (positive.length !== predicted.length || (clusters && clusters.length !== predicted.length))
    return noAnswer('invalid-input', 'chances, classes and clusters differ in length')
  return undefined
}

/** Runs of films in the order of their chance, of about equal length; equal chances are never parted. */
const binsOf = (predicted: readonly number[], bins: number): number[][] => {
  const order = predicted.map((_, i) => i).sort((a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0) || a - b)
  const runs: number[][] = []
  let run: number[] = []
  order.forEach((film, place) => {
    run.push(film)
    const next = order[place + 1]
    const isFull = place + 1 >= ((runs.length + 1) * order.length) / bins
    if (next === undefined || (isFull && predicted[next] !== predicted[film])) {
      runs.push(run)
      run = []
    }
  })
  return runs
}

/**
 * Reliability of one class: `bins` (10) bins of equal size, each with its mean chance and its share with limits that
 * respect persons; the expected calibration error is their mean gap weighted by films (Naeini 2015), which chance
 * alone keeps above 0. No answer: empty, invalid-input.
 */
export const reliability = (input: ReliabilityInput): Answer<Reliability> => {
  const fault = faultIn(input)
  if (fault) return fault
  const { predicted, positive, clusters, bins = 10, level } = input
  const found: ReliabilityBin[] = []
  for (const films of binsOf(predicted, bins)) {
    const own = clusters === undefined ? {} : { clusters: films.map((film) => clusters[film] ?? film) }
    const successes = films.map((film) => positive[film] ?? false)
    const share = clusteredShare({ successes, ...own, ...(level === undefined ? {} : { level }) })
    if (share.kind === 'no-answer') return share
    const sum = films.reduce((all, film) => all + (predicted[film] ?? 0), 0)
    found.push({ films: films.length, meanPredicted: sum / films.length, observed: share.value })
  }
  const gap = found.reduce(
    (sum, bin) => sum + bin.films * Math.abs(bin.meanPredicted - bin.observed.estimate),
    0,
  )
  const notes = found.some((bin) => bin.films < fewestFilms)
    ? [warn('small-window', `bins of fewer than ${fewestFilms} films`)]
    : []
  return answer({ bins: found, expectedError: gap / predicted.length }, notes)
}
