import { join } from 'node:path'
import type { FinderManifest, HipSign } from '../packages/model-manifest.ts'
import { openFinderNetwork, readFinderManifest } from './read-finder.ts'

/** What the network for conditions sees in a hip. */
export type ToldSigns = ReadonlySet<HipSign>

/** Answers what keeps each hip from being read, from crops of the size that the package asks for. */
export type TellConditions = (crops: readonly Uint8Array[]) => Promise<readonly ToldSigns[]>

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value))

const signsOf = (logits: Float32Array, { signs, thresholds }: FinderManifest['conditions']): Set<HipSign> =>
  new Set(signs.filter((sign, at) => sigmoid(logits[at] ?? Number.NaN) >= thresholds[sign]))

/** Loads the network for conditions of a finder's package and answers the function that uses it. */
export const createTellConditions = async (
  folder: string,
  provider: 'cpu' | 'cuda',
): Promise<TellConditions> => {
  const { conditions } = await readFinderManifest(folder)
  const session = await openFinderNetwork(join(folder, 'conditions.onnx'), conditions.input, provider)
  const width = conditions.signs.length
  return async (crops) => {
    const outputs = await session.run(new Uint8Array(Buffer.concat(crops)), crops.length)
    const logits = outputs[conditions.output]
    if (logits?.length !== crops.length * width)
      throw new Error(`conditions.onnx of ${folder} does not answer ${width} signs a hip`)
    return crops.map((_, at) => signsOf(logits.subarray(at * width, (at + 1) * width), conditions))
  }
}
