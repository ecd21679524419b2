import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Settings } from '../runtime/config.ts'
import { createDurably } from '../runtime/durable-file.ts'
import { SetupError } from '../runtime/errors.ts'
import { type KeyFileWords, keyBytes, readKeyFile } from '../runtime/key-file.ts'

const fileOf = (dataDir: string): string => join(dataDir, 'engine.key')

const words: KeyFileWords = {
  what: "the engine's key",
  code: 'ENGINE_KEY_MISSING',
  remedy:
    'restore the file from its backup: what the engine has vouched for is not believed under another key',
  takes: (bytes) => bytes >= keyBytes,
}

/**
 * The key with which the engine vouches for what it sends itself: of the setting, or of the data folder. Throws SetupError
 * ENGINE_KEY_MISSING where there is neither.
 */
export const loadEngineKey = async ({
  engineKey,
  dataDir,
}: Pick<Settings, 'engineKey' | 'dataDir'>): Promise<Uint8Array> => {
  const key = engineKey ?? (await readKeyFile(fileOf(dataDir), words))
  if (key !== undefined) return key
  throw new SetupError(
    'ENGINE_KEY_MISSING',
    `${dataDir} has no engine.key, and OSTEOSTREAM_ENGINE_KEY is not set`,
    'start the engine on that folder first (`npm start -- up`), or set OSTEOSTREAM_ENGINE_KEY to the key that all processes of the engine share: 32 random bytes in base64',
  )
}

/** As `loadEngineKey`, and makes a key on the first start on one machine. */
export const createEngineKey = async (
  settings: Pick<Settings, 'engineKey' | 'dataDir'>,
): Promise<Uint8Array> => {
  if (settings.engineKey === undefined) {
    const fresh = Buffer.from(`${randomBytes(keyBytes).toString('base64')}\n`)
    await createDurably(fileOf(settings.dataDir), fresh)
  }
  return loadEngineKey(settings)
}
