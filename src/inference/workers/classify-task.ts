import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Of } from '../../runtime/sha256.ts'
import type { RawReading } from '../classifiers/decide.ts'
import { type ClassifierManifest, classifierManifestSchema } from '../packages/model-manifest.ts'
import { type OnnxSession, openOnnxSession } from '../packages/onnx-session.ts'
import type { ClassifyAnswer, ClassifyTask, FilmWorkerData } from './film-tasks.ts'

/** A classifier that is ready to run. */
export type LoadedClassifier = { readonly session: OnnxSession; readonly manifest: ClassifierManifest }

type Named = { readonly packageFolder: string; readonly weightsDigest: string }

/** Loads the classifier of a package. Throws where its weights are not those that were asked for. */
export const loadClassifier = async (
  { packageFolder: folder, weightsDigest }: Named,
  provider: FilmWorkerData['provider'],
): Promise<LoadedClassifier> => {
  const manifest = classifierManifestSchema.parse(
    JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')),
  )
  const { name, size } = manifest.input
  const model = await readFile(join(folder, 'model.onnx'))
  if (sha256Of(model) !== weightsDigest)
    throw new Error(`the weights in ${folder} have changed since the start`)
  return { manifest, session: await openOnnxSession(model, { provider, inputName: name, inputSize: size }) }
}

const rowOf = (values: Float32Array | undefined, index: number, count: number): number[] => {
  if (values === undefined || values.length % count !== 0)
    throw new Error('an output of the model is missing or misshapen')
  const width = values.length / count
  return Array.from(values.subarray(index * width, (index + 1) * width))
}

const readingAt = (
  outputs: Readonly<Record<string, Float32Array>>,
  names: ClassifierManifest['outputs'],
  index: number,
  count: number,
): RawReading => ({
  logits: rowOf(outputs[names.logits], index, count),
  embedding: rowOf(outputs[names.embedding], index, count),
  ...(names.tScore === undefined ? {} : { tScore: rowOf(outputs[names.tScore], index, count)[0] }),
})

/** Creates the task that runs classifiers; each is loaded once for a worker, at its first crop. */
export const createClassifyTask = (
  data: Pick<FilmWorkerData, 'provider'>,
): ((task: ClassifyTask) => Promise<ClassifyAnswer>) => {
  const loaded = new Map<string, Promise<LoadedClassifier>>()
  return async (task) => {
    const key = `${task.packageFolder} ${task.weightsDigest}`
    const loading = loaded.get(key) ?? loadClassifier(task, data.provider)
    loaded.set(key, loading)
    const { session, manifest } = await loading
    const { logits, embedding, tScore } = manifest.outputs
    const named = [logits, embedding, ...(tScore === undefined ? [] : [tScore])]
    const outputs = await session.run(task.images, task.count, named)
    const indices = Array.from({ length: task.count }, (_, index) => index)
    const readings = indices.map((index) => readingAt(outputs, manifest.outputs, index, task.count))
    return { kind: 'classified', readings, provider: session.provider }
  }
}
