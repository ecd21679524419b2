import { join } from 'node:path'
import { openModelShelf } from '../../inference/classifiers/classifier-shelf.ts'
import { comparePackages, unanimity } from '../../inference/evaluation/compare-packages.ts'
import { findFilms } from '../../inference/evaluation/find-films.ts'
import type {
  EvaluationRequest,
  ModelEvaluation,
  NamedComparison,
  PackageEvaluation,
} from '../../inference/evaluation/package-evaluation.ts'
import {
  type LabelledHip,
  readLabels,
  refuseMissingClass,
  refuseSharedPersons,
} from '../../inference/evaluation/read-labels.ts'
import { runEvaluation } from '../../inference/evaluation/run-evaluation.ts'
import { showExamples } from '../../inference/evaluation/show-examples.ts'
import { startFilmReader } from '../../inference/evaluation/start-film-reader.ts'
import { tabulate } from '../../inference/evaluation/tabulate.ts'
import { ceilingOf, domainOf } from '../../inference/evaluation/visibility.ts'
import { choosePackage, finderOf } from '../../inference/packages/choose-package.ts'
import type { ClassifierManifest, FinderManifest } from '../../inference/packages/model-manifest.ts'
import type { ModelPackage } from '../../inference/packages/model-package.ts'
import { looksLikeFilm } from '../../producers/film-files.ts'
import { SetupError } from '../../runtime/errors.ts'
import type { Domain } from '../../statistics/inputs/domain.ts'
import type { Process } from '../open-process.ts'

type Packages = {
  readonly classifiers: readonly ModelPackage<ClassifierManifest>[]
  readonly manifest: ClassifierManifest
  readonly finder: ModelPackage<FinderManifest>
}

const openPackages = async ({ settings, logger }: Process, request: EvaluationRequest): Promise<Packages> => {
  const shelf = await openModelShelf(settings.modelsDir, logger)
  const classifier = choosePackage(shelf.classifiers, request.model)
  const others = (request.compare ?? []).map((named) => choosePackage(shelf.classifiers, named))
  return {
    classifiers: [classifier, ...others],
    manifest: classifier.manifest,
    finder: finderOf(shelf.finder, settings.modelsDir),
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
  const { films, unlabelled } = await findFilms(data, labels)
  // Folders hold other files too; simulated ones hold what was drawn.
  const areFilms = await Promise.all(
    unlabelled.map((file) => looksLikeFilm({ path: file, place: join(data, file) })),
  )
  return { labels, domain, films, unlabelled: unlabelled.filter((_, at) => areFilms[at]) }
}

const startReader = async (
  { settings, logger, lifecycle }: Process,
  folder: string,
  { classifiers, finder }: Packages,
) => {
  const { executionProvider: provider, screeningWorkers: workers } = settings
  const reader = await startFilmReader({ folder, classifiers, finder, provider, workers, logger })
  lifecycle.add('film workers', reader.stop)
  return reader
}

const pairsOf = (models: readonly ModelEvaluation[]): NamedComparison[] =>
  models.flatMap((first, at) =>
    models.slice(at + 1).map((second) => ({
      first: first.manifest,
      second: second.manifest,
      ...comparePackages(first.hips, second.hips),
    })),
  )

/** Evaluates a package on a labelled folder; all refusals come before the first film is read, but for one class lost. */
export const evaluatePackage = async (
  process: Process,
  request: EvaluationRequest,
  onProgress: (done: number, all: number) => void,
): Promise<PackageEvaluation> => {
  const packages = await openPackages(process, request)
  const { classifiers, manifest } = packages
  const { films, labels, domain, unlabelled } = await openFolder(request, manifest)
  const reader = await startReader(process, request.data, packages)
  const evaluation = await runEvaluation({
    ...reader,
    films,
    packages: classifiers.length,
    onProgress,
  })
  refuseMissingClass(evaluation.hips, 'hips that the engine accepts')
  const readings = [evaluation.hips, ...evaluation.others]
  const models = classifiers.map((found, at) => {
    const hips = readings[at] ?? []
    return { manifest: found.manifest, hips, tables: tabulate(hips) }
  })
  return {
    ...request,
    domain,
    manifest,
    finder: packages.finder.manifest,
    labels,
    evaluation,
    unlabelled,
    tables: tabulate(evaluation.hips),
    ceiling: ceilingOf(evaluation.hips),
    examples: await showExamples(evaluation.hips, films, reader, manifest.input.size),
    models,
    comparisons: pairsOf(models),
    unanimous: unanimity(readings),
  }
}
