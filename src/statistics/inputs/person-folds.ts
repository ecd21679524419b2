import { seedFrom } from '../maths/random.ts'
import { aKey, listOf, numberFrom, requireInputs, wholeFrom } from './input-rules.ts'

/**
 * Fold (0 … folds − 1) of each person, by a hash of the person's key and the seed: all hips of a person share a fold,
 * and adding people moves nobody. Folds are about equal for many people.
 */
export const personFolds = (persons: readonly string[], folds: number, seed: number): number[] => {
  requireInputs(
    { persons, folds, seed },
    { persons: listOf(aKey), folds: wholeFrom(1, 1_000_000), seed: numberFrom() },
  )
  return persons.map((person) => seedFrom('fold', seed, person) % folds)
}
