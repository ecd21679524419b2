import type { Random } from '../clinics/seeded-random.ts'

/** Why a film was taken. */
export type FilmReason = 'trauma' | 'pain' | 'pre-operative' | 'other'

/** What else a hip can have. Those of `unreadableConditions` must not be scored. */
export const hipConditions = [
  'none',
  'osteoarthritis',
  'old-fracture',
  'fresh-fracture',
  'prosthesis',
  'cemented-prosthesis',
  'screws',
] as const
export type HipCondition = (typeof hipConditions)[number]

/** Conditions that change what a density reading means: the hip gets no score. */
export const unreadableConditions: ReadonlySet<HipCondition> = new Set([
  'old-fracture',
  'fresh-fracture',
  'prosthesis',
  'cemented-prosthesis',
  'screws',
])

/** Percent of hips with each condition by the reason of the film; assumed, not from a registry. */
const percentByReason: Readonly<Record<FilmReason, Readonly<Partial<Record<HipCondition, number>>>>> = {
  trauma: { 'fresh-fracture': 10, 'old-fracture': 2, prosthesis: 2, screws: 2, osteoarthritis: 8 },
  pain: { osteoarthritis: 25, prosthesis: 3, 'cemented-prosthesis': 2, screws: 1 },
  'pre-operative': { osteoarthritis: 50, prosthesis: 6, 'cemented-prosthesis': 3 },
  other: { osteoarthritis: 8, prosthesis: 1, 'old-fracture': 1 },
}

const conditionOf = (random: Random, reason: FilmReason): HipCondition => {
  let left = 100 * random()
  for (const condition of hipConditions) {
    left -= percentByReason[reason][condition] ?? 0
    if (left < 0) return condition
  }
  return 'none'
}

/** What each hip of a person has; a fresh fracture is on one side at most. */
export const sampleConditions = (
  random: Random,
  reason: FilmReason,
): { left: HipCondition; right: HipCondition } => {
  const left = conditionOf(random, reason)
  const right = conditionOf(random, reason)
  return { left, right: left === 'fresh-fracture' && right === 'fresh-fracture' ? 'none' : right }
}
