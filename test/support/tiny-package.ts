import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodePng } from '../../src/imaging/codecs/sharp-codec.ts'
import type { ClassifierManifest } from '../../src/inference/packages/model-manifest.ts'
import { createRandom } from '../../src/statistics/maths/random.ts'
import { type NetworkFault, tinyNetwork, tinyReading } from './tiny-network.ts'

const size = 16

export type TinyPackage = {
  readonly name: string
  readonly version?: string
  readonly fault?: NetworkFault
  /** Keeps what training would have said of two crops, T moved by so much. */
  readonly parityOff?: number
  readonly heatPlaces?: number
}

const digestOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

const parityOf = async (off: number): Promise<Readonly<Record<string, Uint8Array | string>>> => {
  const random = createRandom(3)
  const crops = [0, 1].map(() => Uint8Array.from({ length: size * size }, () => Math.floor(256 * random())))
  const told = crops.map(tinyReading)
  const parity = {
    version: 1,
    seed: 3,
    finder: 'hip-finder@1.1.0',
    crops: ['rle', 'png'].map((encoding, film) => ({ film, encoding, side: 'left' })),
    logits: told.map(({ logits }) => logits),
    tScore: told.map(({ t_score: [tScore = 0] }) => tScore + off),
    made: 'arithmetic',
  }
  const values = Uint16Array.from(Buffer.concat(crops))
  const strip = await encodePng({ rows: size * crops.length, columns: size, values }, 8)
  return { 'parity.json': JSON.stringify(parity), 'parity.png': strip }
}

/** Writes the package of a tiny classifier below a folder of packages, and answers its own folder. */
export const writeTinyPackage = async (
  modelsDir: string,
  { name, version = '1.0.0', fault, parityOff, heatPlaces }: TinyPackage,
): Promise<string> => {
  const folder = join(modelsDir, name, version)
  const files = {
    'model.onnx': tinyNetwork(size, { fault, heatPlaces }),
    ...(parityOff === undefined ? {} : await parityOf(parityOff)),
  }
  const manifest: ClassifierManifest = {
    name,
    version,
    task: 'classify',
    domain: 'synthetic',
    architecture: 'one matrix',
    classes: ['normal', 'osteopenia', 'osteoporosis'],
    input: { name: 'image', size, channels: 1 },
    outputs: {
      logits: 'logits',
      embedding: 'embedding',
      tScore: 't_score',
      ...(heatPlaces === undefined ? {} : { heat: 'heat' }),
    },
    preprocessing: {},
    temperature: 1,
    thresholds: { t1: 0.3, t2: 0.5 },
    training: {},
    files: Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, digestOf(bytes)])),
  }
  await mkdir(folder, { recursive: true })
  for (const [file, bytes] of Object.entries(files)) await writeFile(join(folder, file), bytes)
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return folder
}
