import { seedFrom } from '../maths/random.ts'

/**
 * Fold (0 … folds − 1) of each person, by a hash of the person's key and the seed: all hips of a person share a fold,
 * and adding people moves nobody. Folds are about equal for many people.
 */
export const personFolds = (persons: readonly string[], folds: number, seed: number): number[] =>
  persons.map((person) => seedFrom('fold', seed, person) % folds)
