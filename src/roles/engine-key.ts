import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createDurably } from '../producers/durable-file.ts'
import type { Settings } from '../runtime/config.ts'
import { SetupError, systemCodeOf } from '../runtime/errors.ts'

const fileOf = (dataDir: string): string => join(dataDir, 'engine.key')

const keyBytes = 32

const readKeyFile = async (file: string): Promise<Uint8Array | undefined> => {
  try {
    const { mode } = await stat(file)
    if ((mode & 0o077) !== 0)
      throw new SetupError(
        'DATA_DIR_UNUSABLE',
        `the engine's key in ${file} can be read by other users`,
        `chmod 600 ${file}, and think about who may have read it`,
      )
    const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64')
    if (key.length >= keyBytes) return key
    throw new SetupError(
      'ENGINE_KEY_MISSING',
      `${file} holds no key of ${keyBytes} bytes`,
      'restore the file from its backup: what the engine has vouched for is not believed under another key',
    )
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * The key with which the engine vouches for what it sends itself: of the setting, or of the data folder. Throws SetupError
 * ENGINE_KEY_MISSING where there is neither.
 */
export const loadEngineKey = async ({
  engineKey,
  dataDir,
}: Pick<Settings, 'engineKey' | 'dataDir'>): Promise<Uint8Array> => {
  const key = engineKey ?? (await readKeyFile(fileOf(dataDir)))
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
