import type { EvaluatedHip } from './run-evaluation.ts'

/** A film without a day comes after those that have one, as one received now would. */
const noDay = '9999-12-31'

const before = (a: EvaluatedHip, b: EvaluatedHip): number => {
  const [keyA, keyB] = [a, b].map(({ day = noDay, file, side }) => `${day} ${file}\n${side}`)
  return (keyA ?? '') < (keyB ?? '') ? -1 : 1
}

/**
 * The hips that vote, one for each person: on the first film (by day, then by name) the left hip, or the right one
 * where the left has no vote. It is the rule of prevalence (`src/analytics/prevalence/vote-sql.ts`).
 */
export const chooseVotes = (hips: readonly EvaluatedHip[]): readonly EvaluatedHip[] =>
  [...Map.groupBy(hips, (hip) => hip.person).values()].flatMap((own) => own.toSorted(before)[0] ?? [])
