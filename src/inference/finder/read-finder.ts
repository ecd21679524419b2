import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { sha256Of } from '../../runtime/sha256.ts'
import { type FinderManifest, finderManifestSchema } from '../packages/model-manifest.ts'
import { type OnnxSession, openOnnxSession } from '../packages/onnx-session.ts'

/** Reads what a finder's package says of its networks. */
export const readFinderManifest = async (folder: string): Promise<FinderManifest> =>
  finderManifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')))

/** Opens one of the networks of a finder's package. Throws where its bytes are not those that the manifest beside it lists. */
export const openFinderNetwork = async (
  file: string,
  input: FinderManifest['input'],
  provider: 'cpu' | 'cuda',
): Promise<OnnxSession> => {
  const { files } = await readFinderManifest(dirname(file))
  const bytes = await readFile(file)
  if (sha256Of(bytes) !== files[basename(file)])
    throw new Error(`${file} is not the one that its manifest lists`)
  return openOnnxSession(bytes, { provider, inputName: input.name, inputSize: input.size })
}
