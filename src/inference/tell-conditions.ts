import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cropRegion } from '../imaging/crop-region.ts'
import type { Box, GreyFilm } from '../imaging/grey-film.ts'
import { type FinderManifest, finderManifestSchema, type HipSign } from './model-manifest.ts'
import { openOnnxSession } from './onnx-session.ts'

/** What the network for conditions sees in a hip. */
export type ToldSigns = ReadonlySet<HipSign>

/** Where a hip lies on its film; `mirror` as in `cropRegion`. */
type HipPlace = { readonly box: Box; readonly mirror: boolean }

/** Answers what keeps each of a film's hips from being read, in their order. */
export type TellConditions = (film: GreyFilm, hips: readonly HipPlace[]) => Promise<readonly ToldSigns[]>

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value))

const signsOf = (logits: Float32Array, { signs, thresholds }: FinderManifest['conditions']): Set<HipSign> =>
  new Set(signs.filter((sign, at) => sigmoid(logits[at] ?? Number.NaN) >= thresholds[sign]))

/** Loads the network for conditions of a finder's package and answers the function that uses it. */
export const createTellConditions = async (
  folder: string,
  provider: 'cpu' | 'cuda',
): Promise<TellConditions> => {
  const { conditions } = finderManifestSchema.parse(
    JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')),
  )
  const { name, size } = conditions.input
  const model = await readFile(join(folder, 'conditions.onnx'))
  const session = await openOnnxSession(model, { provider, inputName: name, inputSize: size })
  return async (film, hips) => {
    const crops = hips.map(({ box, mirror }) => cropRegion(film, box, size, mirror))
    const outputs = await session.run(new Uint8Array(Buffer.concat(crops)), hips.length)
    const logits = outputs[conditions.output]
    if (logits?.length !== hips.length * conditions.signs.length)
      throw new Error(`conditions.onnx of ${folder} does not answer ${conditions.signs.length} signs a hip`)
    const width = conditions.signs.length
    return hips.map((_, at) => signsOf(logits.subarray(at * width, (at + 1) * width), conditions))
  }
}
