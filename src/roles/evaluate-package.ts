import { choosePackage, finderOf } from '../inference/choose-package.ts'
import { openModelShelf } from '../inference/classifier-shelf.ts'
import { comparePackages, type PackageComparison } from '../inference/evaluation/compare-packages.ts'
import { findFilms } from '../inference/evaluation/find-films.ts'
import {
  type LabelledHip,
  readLabels,
  refuseMissingClass,
  refuseSharedPersons,
} from '../inference/evaluation/read-labels.ts'
import { type Evaluation, runEvaluation } from '../inference/evaluation/run-evaluation.ts'
import { type Example, showExamples } from '../inference/evaluation/show-examples.ts'
import { startFilmReader } from '../inference/evaluation/start-film-reader.ts'
import { type EvaluationTables, tabulate } from '../inference/evaluation/tabulate.ts'
import { type Ceiling, ceilingOf, domainOf } from '../inference/evaluation/visibility.ts'
import type { ClassifierManifest, FinderManifest } from '../inference/model-manifest.ts'
import type { ModelPackage } from '../inference/model-package.ts'
import { SetupError } from '../runtime/errors.ts'
import type { Answer } from '../statistics/answer.ts'
import type { Domain } from '../statistics/domain.ts'
import type { Process } from './open-process.ts'

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
  /** Another package that reads the same films, NAME or NAME@VERSION. */
  readonly compare?: string
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
  readonly comparison?: PackageComparison & { readonly with: ClassifierManifest }
}

type Packages = {
  readonly classifier: ModelPackage<ClassifierManifest>
  readonly other: ModelPackage<ClassifierManifest> | undefined
  readonly finder: ModelPackage<FinderManifest>
}

const openPackages = async ({ settings, logger }: Process, request: EvaluationRequest): Promise<Packages> => {
  const { classifiers, finder } = await openModelShelf(settings.modelsDir, logger)
  return {
    classifier: choosePackage(classifiers, request.model),
    other: request.compare === undefined ? undefined : choosePackage(classifiers, request.compare),
    finder: finderOf(finder, settings.modelsDir),
  }
}

/** A card of simulated films must never pass for one of real people. */
const chooseDomain = (
  { domain, data }: EvaluationRequest,
  labels: readonly LabelledHip[],
  manifest: ClassifierManifest,
): Domain => {
  const found = domainOf(labels, manifest)
  if (domain !== 'real' || !labels.some(({ simulated }) => simulated !== undefined)) return domain ?? found
  throw new SetupError(
    'SETTING_INVALID',
    `--domain real, but the labels of ${data} say that its films are simulated`,
    'leave --domain out',
  )
}

const openFolder = async (request: EvaluationRequest, manifest: ClassifierManifest) => {
  const { data, notIn } = request
  const labels = await readLabels(data)
  const domain = chooseDomain(request, labels, manifest)
  refuseMissingClass(labels, `labels in ${data}`)
  if (notIn !== undefined) refuseSharedPersons(labels, await readLabels(notIn), notIn)
  return { labels, domain, ...(await findFilms(data, labels)) }
}

const startReader = async (
  { settings, logger, lifecycle }: Process,
  folder: string,
  classifier: ModelPackage<ClassifierManifest>,
  finder: ModelPackage<FinderManifest>,
) => {
  const { executionProvider: provider, screeningWorkers: workers } = settings
  const reader = await startFilmReader({ folder, classifier, finder, provider, workers, logger })
  lifecycle.add(`film workers of ${classifier.manifest.name}`, reader.stop)
  return reader
}

/** Evaluates a package on a labelled folder; all refusals come before the first film is read, but for one class lost. */
export const evaluatePackage = async (
  process: Process,
  request: EvaluationRequest,
  onProgress: (done: number, all: number) => void,
): Promise<PackageEvaluation> => {
  const { classifier, other, finder } = await openPackages(process, request)
  const { films, labels, domain, unlabelled } = await openFolder(request, classifier.manifest)
  const { read, concurrency } = await startReader(process, request.data, classifier, finder)
  const evaluation = await runEvaluation({ films, read, concurrency, onProgress })
  refuseMissingClass(evaluation.hips, 'hips that the engine accepts')
  const compared = async (second: ModelPackage<ClassifierManifest>) => {
    const reader = await startReader(process, request.data, second, finder)
    const theirs = await runEvaluation({ films, read: reader.read, concurrency, onProgress })
    return { with: second.manifest, ...comparePackages(evaluation.hips, theirs.hips) }
  }
  return {
    ...request,
    domain,
    manifest: classifier.manifest,
    finder: finder.manifest,
    labels,
    evaluation,
    unlabelled,
    tables: tabulate(evaluation.hips),
    ceiling: ceilingOf(evaluation.hips),
    examples: await showExamples(evaluation.hips, films, read),
    ...(other === undefined ? {} : { comparison: await compared(other) }),
  }
}
