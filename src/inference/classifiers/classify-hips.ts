import type { ModelSchedule } from '../../contracts/ports.ts'
import type { ModelIdentity, Reading } from '../../contracts/verdict.ts'
import { RetryLater } from '../../runtime/errors.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import type { ClassifierManifest } from '../packages/model-manifest.ts'
import type { ModelPackage } from '../packages/model-package.ts'
import type { Step, StepOutcome } from '../pipeline/pipeline.ts'
import type { ClassifiedFilm, DecodedFilmEvent, PreparedHip } from '../pipeline/screening-types.ts'
import type { ClassifyCrop, CropReading } from './classify-crops.ts'
import { isFiniteReading, readingOf } from './decide.ts'

/** Finds the package of an identity among those that passed their checks. */
export type ClassifierShelf = {
  readonly find: (model: ModelIdentity) => ModelPackage<ClassifierManifest> | undefined
}

export type ClassifyHipsDeps = {
  readonly schedule: ModelSchedule
  readonly shelf: ClassifierShelf
  readonly classify: ClassifyCrop
}

type Serving = { readonly classifier: ModelPackage<ClassifierManifest>; readonly primary: boolean }

/** The packages for a film, primary first; a shadow that is not on the shelf is left out, a primary never. */
const servingAt = ({ schedule, shelf }: ClassifyHipsDeps, receivedAt: string): Serving[] => {
  const identity = schedule.primaryAt(receivedAt)
  const primary = identity === undefined ? undefined : shelf.find(identity)
  if (primary === undefined)
    throw new RetryLater(`no usable primary model for films received at ${receivedAt}`)
  const shadows = schedule.shadowsAt(receivedAt).flatMap((model) => shelf.find(model) ?? [])
  return [
    { classifier: primary, primary: true },
    ...shadows.map((classifier) => ({ classifier, primary: false })),
  ]
}

const readHip = async (deps: ClassifyHipsDeps, hip: PreparedHip, serving: readonly Serving[]) =>
  Promise.all(
    serving.map(async ({ classifier, primary }) => {
      const crop = hip.crops.get(classifier.manifest.input.size)
      if (crop === undefined) throw new Error(`no crop of ${classifier.manifest.input.size} px was cut`)
      return { manifest: classifier.manifest, primary, answer: await deps.classify(classifier, crop) }
    }),
  )

type Answered = { manifest: ClassifierManifest; primary: boolean; answer: CropReading }

const readingsOf = (answers: readonly Answered[]): StepOutcome<{ readings: Reading[]; provider: string }> => {
  let provider = 'cpu'
  const readings: Reading[] = []
  for (const { manifest, primary, answer } of answers) {
    const named = `${manifest.name} ${manifest.version}`
    if (answer.kind === 'failed') return failed(answer.code, `${named}: ${answer.detail}`)
    if (!isFiniteReading(answer.value.reading)) return failed('MODEL_OUTPUT_NOT_FINITE', named)
    readings.push(readingOf(manifest, answer.value.reading, primary))
    provider = answer.value.provider
  }
  return ok({ readings, provider })
}

/** Lets every model that serves at the film's `believedAt` read every hip. */
export const createClassifyHips = (deps: ClassifyHipsDeps): Step<DecodedFilmEvent, ClassifiedFilm> =>
  async function classifyHips(event) {
    const serving = servingAt(deps, event.believedAt)
    const answers = await Promise.all(event.film.hips.map((hip) => readHip(deps, hip, serving)))
    const hips: ClassifiedFilm['hips'][number][] = []
    let provider = 'cpu'
    for (const [index, hip] of event.film.hips.entries()) {
      const read = readingsOf(answers[index] ?? [])
      if (read.kind !== 'ok') return read
      provider = read.value.provider
      hips.push({ ...hip, readings: read.value.readings })
    }
    return ok({ ...event, hips, provider })
  }
