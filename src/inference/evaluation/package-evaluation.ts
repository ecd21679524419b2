import type { Answer } from '../../statistics/answer.ts'
import type { Domain } from '../../statistics/inputs/domain.ts'
import type { Estimate } from '../../statistics/intervals/interval.ts'
import type { ClassifierManifest, FinderManifest } from '../packages/model-manifest.ts'
import type { PackageComparison } from './compare-packages.ts'
import type { LabelledHip } from './read-labels.ts'
import type { EvaluatedHip, Evaluation } from './run-evaluation.ts'
import type { Example } from './show-examples.ts'
import type { EvaluationTables } from './tabulate.ts'
import type { Ceiling } from './visibility.ts'

/** What is evaluated on what. */
export type EvaluationRequest = {
  /** NAME or NAME@VERSION. */
  readonly model: string
  /** Folder of films with `labels.csv`. */
  readonly data: string
  readonly set: 'internal' | 'external'
  /** Where the films come from; by the labels or the package where nobody says. */
  readonly domain?: Domain
  /** Labelled folder whose persons must not be in this one. */
  readonly notIn?: string
  /** Other packages that read the same films, each NAME or NAME@VERSION. */
  readonly compare?: readonly string[]
}

/** What one package makes of the set. */
export type ModelEvaluation = {
  readonly manifest: ClassifierManifest
  readonly hips: readonly EvaluatedHip[]
  readonly tables: EvaluationTables
}

/** Two of the packages, beside each other. */
export type NamedComparison = PackageComparison & {
  readonly first: ClassifierManifest
  readonly second: ClassifierManifest
}

/** An evaluation with everything that its pages are made of. */
export type PackageEvaluation = EvaluationRequest & {
  readonly domain: Domain
  readonly manifest: ClassifierManifest
  readonly finder: FinderManifest
  readonly labels: readonly LabelledHip[]
  readonly evaluation: Evaluation
  readonly unlabelled: readonly string[]
  readonly tables: EvaluationTables
  /** The best that the films allow; only of simulated ones. */
  readonly ceiling: Answer<Ceiling> | undefined
  readonly examples: readonly Example[]
  /** All packages, the one under evaluation first. */
  readonly models: readonly ModelEvaluation[]
  /** Each pair of them. */
  readonly comparisons: readonly NamedComparison[]
  /** Share of the hips that all of them call alike. */
  readonly unanimous: Answer<Estimate>
}
