import { type DensityClass, densityClasses, type Reading } from '../../contracts/verdict.ts'
import { type ClassifierManifest, identityOf } from '../packages/model-manifest.ts'

/** What a classifier says of one crop, before any rule. */
export type RawReading = {
  /** Logits of normal, osteopenia, osteoporosis. */
  readonly logits: readonly number[]
  /** 16 numbers. */
  readonly embedding: readonly number[]
  readonly tScore?: number | undefined
}

/** Probabilities of the classes after temperature scaling (Guo 2017); they sum to 1. */
export const calibratedProbabilities = (logits: readonly number[], temperature: number): number[] => {
  const scaled = logits.map((logit) => logit / temperature)
  const top = Math.max(...scaled)
  const powers = scaled.map((value) => Math.exp(value - top))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/** p(osteoporosis) ≥ t1 → osteoporosis; else p(osteoporosis) + p(osteopenia) ≥ t2 → osteopenia; else normal. */
export const classByThresholds = (
  probabilities: { osteopenia: number; osteoporosis: number },
  thresholds: { t1: number; t2: number },
): DensityClass => {
  if (probabilities.osteoporosis >= thresholds.t1) return 'osteoporosis'
  return probabilities.osteoporosis + probabilities.osteopenia >= thresholds.t2 ? 'osteopenia' : 'normal'
}

/** Whether every number of a reading is finite: a network answers NaN to NaN without an error. */
export const isFiniteReading = (raw: RawReading): boolean =>
  [...raw.logits, ...raw.embedding, raw.tScore ?? 0].every(Number.isFinite)

/** Applies the package's decision rule, which comes from its training split and is never tuned here. */
export const readingOf = (manifest: ClassifierManifest, raw: RawReading, primary: boolean): Reading => {
  const [normal = 0, osteopenia = 0, osteoporosis = 0] = calibratedProbabilities(
    raw.logits,
    manifest.temperature,
  )
  const [zNormal = 0, , zOsteoporosis = 0] = raw.logits
  return {
    model: identityOf(manifest),
    primary,
    probabilities: { normal, osteopenia, osteoporosis },
    densityClass: classByThresholds({ osteopenia, osteoporosis }, manifest.thresholds),
    severity: raw.tScore ?? zOsteoporosis - zNormal,
    ...(raw.tScore === undefined ? {} : { tScore: raw.tScore }),
    embedding: [...raw.embedding],
  }
}

/** Share of the pairs of models that differ in class; undefined with fewer than two. */
export const disagreementOf = (readings: readonly Reading[]): number | undefined => {
  if (readings.length < 2) return undefined
  const counts = densityClasses.map(
    (name) => readings.filter((reading) => reading.densityClass === name).length,
  )
  const pairs = (n: number): number => (n * (n - 1)) / 2
  const alike = counts.reduce((sum, count) => sum + pairs(count), 0)
  return 1 - alike / pairs(readings.length)
}
