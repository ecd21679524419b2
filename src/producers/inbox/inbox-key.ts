import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createDurably } from '../../runtime/durable-file.ts'
import { SetupError } from '../../runtime/errors.ts'
import { type KeyFileWords, keyBytes, readKeyFile } from '../../runtime/key-file.ts'
import { makeFolder } from '../../runtime/make-folder.ts'

/** Where the key of the inbox is kept unless the setting gives one. */
export const inboxKeyFile = (dataDir: string): string => join(dataDir, 'gateway.key')

/** The folder of the inbox under the data folder. */
export const inboxFolder = (dataDir: string): string => join(dataDir, 'inbox')

const words: KeyFileWords = {
  what: 'the key of the inbox',
  code: 'GATEWAY_KEY_MISSING',
  remedy: 'restore the file from its backup: films in the inbox cannot be opened without it',
  takes: (bytes) => bytes === keyBytes,
}

const holdsFilms = async (folder: string): Promise<boolean> => {
  await makeFolder(folder, 0o700)
  return (await readdir(folder, { recursive: true })).some((name) => name.endsWith('.film'))
}

/**
 * The key under which films lie in the inbox: of the setting, or of a file that the first start makes. Throws SetupError
 * GATEWAY_KEY_MISSING where films wait and their key is gone: a new one in its place would lose them.
 */
export const openInboxKey = async (settings: {
  readonly gatewayKey?: Uint8Array | undefined
  readonly dataDir: string
}): Promise<Uint8Array> => {
  if (settings.gatewayKey !== undefined) return settings.gatewayKey
  const file = inboxKeyFile(settings.dataDir)
  const known = await readKeyFile(file, words)
  if (known !== undefined) return known
  if (await holdsFilms(inboxFolder(settings.dataDir)))
    throw new SetupError(
      'GATEWAY_KEY_MISSING',
      `films wait in ${inboxFolder(settings.dataDir)}, and their key ${file} is gone`,
      'restore the file from its backup, or set OSTEOSTREAM_GATEWAY_KEY to the key that it held',
    )
  await createDurably(file, Buffer.from(`${randomBytes(keyBytes).toString('base64')}\n`))
  const made = await readKeyFile(file, words)
  if (made === undefined) throw new Error('a key that was just made is gone')
  return made
}
