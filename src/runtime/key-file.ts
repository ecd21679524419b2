import { readFile, stat } from 'node:fs/promises'
import { SetupError, type SetupErrorCode, systemCodeOf } from './errors.ts'

/** Throws SetupError DATA_DIR_UNUSABLE where other users can read a file; `what` names it in a sentence. */
export const refuseOpenFile = async (file: string, what: string): Promise<void> => {
  const { mode } = await stat(file)
  if ((mode & 0o077) === 0) return
  throw new SetupError(
    'DATA_DIR_UNUSABLE',
    `${what} in ${file} can be read by other users`,
    `chmod 600 ${file}, and think about who may have read it`,
  )
}

/** Bytes of a key that this program makes. */
export const keyBytes = 32

export type KeyFileWords = {
  /** The key in a sentence. */
  readonly what: string
  /** The code of a file that holds no key, and what to do then. */
  readonly code: SetupErrorCode
  readonly remedy: string
  /** Whether a key may have this many bytes. */
  readonly takes: (bytes: number) => boolean
}

/** The key in a file, base64; undefined where there is no file. Throws SetupError where it is open to others or no key. */
export const readKeyFile = async (file: string, words: KeyFileWords): Promise<Uint8Array | undefined> => {
  try {
    await refuseOpenFile(file, words.what)
    const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64')
    if (words.takes(key.length)) return key
    throw new SetupError(words.code, `${file} holds no key of ${keyBytes} bytes`, words.remedy)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
