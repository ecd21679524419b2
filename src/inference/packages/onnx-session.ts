import { InferenceSession, Tensor } from 'onnxruntime-node'
import { callNative } from '../../runtime/native-calls.ts'

/** A loaded network: uint8 images in, named float outputs out. */
export type OnnxSession = {
  /**
   * Runs a batch of images of shape [count, 1, size, size]; each output (all, or those of the named ones that the
   * network has) comes as one flat array of `count` equal rows. The call blocks its thread, so it belongs in a worker.
   */
  readonly run: (
    images: Uint8Array,
    count: number,
    outputs?: readonly string[],
  ) => Promise<Readonly<Record<string, Float32Array>>>
  readonly provider: string
  readonly release: () => Promise<void>
}

export type OnnxSessionOptions = {
  readonly provider: 'cpu' | 'cuda'
  readonly inputName: string
  readonly inputSize: number
}

const floatsOf = (name: string, value: unknown): Float32Array => {
  if (value instanceof Tensor && value.data instanceof Float32Array) return value.data
  throw new Error(`output ${name} is not a float tensor`)
}

/** Loads a model from its bytes; falls back from CUDA to the CPU where CUDA is not there, and says so. */
export const openOnnxSession = async (
  model: Uint8Array,
  options: OnnxSessionOptions,
): Promise<OnnxSession> => {
  const open = (provider: 'cpu' | 'cuda') =>
    callNative(() =>
      InferenceSession.create(model, {
        executionProviders: [provider],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        // Warnings of the optimiser say nothing that a user could act on.
        logSeverityLevel: 3,
      }),
    )
  let provider = options.provider
  const session = await open(provider).catch((error: unknown) => {
    if (provider === 'cpu') throw error
    provider = 'cpu'
    return open(provider)
  })
  return {
    provider,
    run: async (images, count, outputs = session.outputNames) => {
      const shape = [count, 1, options.inputSize, options.inputSize]
      const feeds = { [options.inputName]: new Tensor('uint8', images, shape) }
      const known = outputs.filter((name) => session.outputNames.includes(name))
      const given = await callNative(() => session.run(feeds, known))
      return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, floatsOf(name, value)]))
    },
    release: () => callNative(() => session.release()),
  }
}
