import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FinderManifest, finderManifestSchema } from '../packages/model-manifest.ts'
import { type OnnxSession, openOnnxSession } from '../packages/onnx-session.ts'

/** Reads what a finder's package says of its networks. */
export const readFinderManifest = async (folder: string): Promise<FinderManifest> =>
  finderManifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')))

/** Opens one of the networks of a finder's package. */
export const openFinderNetwork = async (
  file: string,
  input: FinderManifest['input'],
  provider: 'cpu' | 'cuda',
): Promise<OnnxSession> =>
  openOnnxSession(await readFile(file), { provider, inputName: input.name, inputSize: input.size })
