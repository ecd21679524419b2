import { choosePackage, finderOf } from '../inference/choose-package.ts'
import { openModelShelf } from '../inference/classifier-shelf.ts'
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
import type { ClassifierManifest, FinderManifest } from '../inference/model-manifest.ts'
import type { ModelPackage } from '../inference/model-package.ts'
import type { Domain } from '../statistics/domain.ts'
import type { Process } from './open-process.ts'

/** What is evaluated on what. */
export type EvaluationRequest = {
  /** NAME or NAME@VERSION. */
  readonly model: string
  /** Folder of films with `labels.csv`. */
  readonly data: string
  readonly set: 'internal' | 'external'
  readonly domain: Domain
  /** Labelled folder whose persons must not be in this one. */
  readonly notIn?: string
}

/** An evaluation with everything that its pages are made of. */
export type PackageEvaluation = EvaluationRequest & {
  readonly manifest: ClassifierManifest
  readonly finder: FinderManifest
  readonly labels: readonly LabelledHip[]
  readonly evaluation: Evaluation
  readonly unlabelled: readonly string[]
  readonly tables: EvaluationTables
  readonly examples: readonly Example[]
}

const openPackages = async ({ settings, logger }: Process, model: string) => {
  const shelf = await openModelShelf(settings.modelsDir, logger)
  const classifier = choosePackage(shelf.classifiers, model)
  return { classifier, finder: finderOf(shelf.finder, settings.modelsDir) }
}

const openFolder = async ({ data, notIn }: EvaluationRequest) => {
  const labels = await readLabels(data)
  refuseMissingClass(labels, `labels in ${data}`)
  if (notIn !== undefined) refuseSharedPersons(labels, await readLabels(notIn), notIn)
  return { labels, ...(await findFilms(data, labels)) }
}

const startReader = async (
  process: Process,
  folder: string,
  found: {
    classifier: ModelPackage<ClassifierManifest>
    finder: Awaited<ReturnType<typeof openPackages>>['finder']
  },
) => {
  const { settings, logger, lifecycle } = process
  const { executionProvider: provider, screeningWorkers: workers } = settings
  const reader = await startFilmReader({ folder, ...found, provider, workers, logger })
  lifecycle.add('film workers', reader.stop)
  return reader
}

/** Evaluates a package on a labelled folder; all refusals come before the first film is read, but for one class lost. */
export const evaluatePackage = async (
  process: Process,
  request: EvaluationRequest,
  onProgress: (done: number, all: number) => void,
): Promise<PackageEvaluation> => {
  const found = await openPackages(process, request.model)
  const { films, labels, unlabelled } = await openFolder(request)
  const { read, concurrency } = await startReader(process, request.data, found)
  const evaluation = await runEvaluation({ films, read, concurrency, onProgress })
  refuseMissingClass(evaluation.hips, 'hips that the engine accepts')
  return {
    ...request,
    manifest: found.classifier.manifest,
    finder: found.finder.manifest,
    labels,
    evaluation,
    unlabelled,
    tables: tabulate(evaluation.hips),
    examples: await showExamples(evaluation.hips, films, read),
  }
}
