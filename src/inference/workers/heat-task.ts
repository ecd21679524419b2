import { type LoadedClassifier, loadClassifier } from './classify-task.ts'
import type { FilmWorkerData, Heat, HeatAnswer, HeatTask } from './film-tasks.ts'

/** A square grid of finite values that are not negative; anything else is a fault of the package. */
const heatOf = (values: Float32Array | undefined): Heat => {
  const edge = Math.sqrt(values?.length ?? 0)
  if (values === undefined || edge < 1 || !Number.isInteger(edge))
    throw new Error('the heat map of the model is missing or not square')
  if (!values.every((value) => value >= 0 && Number.isFinite(value)))
    throw new Error('the heat map of the model has a negative or no number')
  return { edge, values: [...values] }
}

/** Creates the task that asks a classifier where it looks; screening never does, so it loads the network by itself. */
export const createHeatTask = (
  data: Pick<FilmWorkerData, 'provider'>,
): ((task: HeatTask) => Promise<HeatAnswer>) => {
  const loaded = new Map<string, Promise<LoadedClassifier>>()
  return async ({ image, ...named }) => {
    const key = `${named.packageFolder} ${named.weightsDigest}`
    const loading = loaded.get(key) ?? loadClassifier(named, data.provider)
    loaded.set(key, loading)
    const { session, manifest } = await loading
    const { heat } = manifest.outputs
    if (heat === undefined) throw new Error('the model has no heat map')
    const outputs = await session.run(image, 1, [heat])
    return { kind: 'heat', heat: heatOf(outputs[heat]) }
  }
}
