import { exponential } from './exact-maths.ts'

/** Ages of simulated people in years: the WHO classes are for 50 and over. */
export const ageRange = { least: 50, most: 95 } as const

const raw = Array.from({ length: ageRange.most - ageRange.least + 1 }, (_, index) =>
  exponential((-(ageRange.least + index - 69) * (ageRange.least + index - 69)) / 200),
)
const total = raw.reduce((sum, weight) => sum + weight, 0)

/** Share of people of each year of age from 50 to 95: who comes to a hospital for a hip film. */
export const ageWeights: readonly number[] = raw.map((weight) => weight / total)
