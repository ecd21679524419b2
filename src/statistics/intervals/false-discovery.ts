import { type Answer, answer, noAnswer } from '../answer.ts'
import { filled } from '../inputs/counts.ts'
import { aChance, aShare, faultInInputs, listOf } from '../inputs/input-rules.ts'

/** Adjusted p of each test, and whether it is a discovery at the chosen rate, in the order given. */
export type Discoveries = { readonly adjusted: readonly number[]; readonly discovered: readonly boolean[] }

/**
 * Benjamini–Hochberg step-up (1995): controls the expected share of false discoveries at `rate` (.05). For exploring
 * many features or sites; alarms have their own budget. No answer: empty, invalid-input (p outside [0, 1]).
 */
export const benjaminiHochberg = (p: readonly number[], rate = 0.05): Answer<Discoveries> => {
  const fault = faultInInputs({ p, rate }, { p: listOf(aShare), rate: aChance })
  if (fault) return fault
  if (p.length === 0) return noAnswer('empty', 'no tests')
  const order = p.map((_, i) => i).sort((left, right) => (p[right] ?? 0) - (p[left] ?? 0))
  const adjusted = filled(p.length, 1)
  let least = 1
  order.forEach((i, place) => {
    least = Math.min(least, ((p[i] ?? 1) * p.length) / (p.length - place))
    adjusted[i] = least
  })
  return answer({ adjusted, discovered: adjusted.map((value) => value <= rate) })
}
