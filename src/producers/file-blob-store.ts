import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { largestFilmBytes } from '../contracts/image-event.ts'
import type { BlobStore } from '../contracts/ports.ts'
import { createDurably } from '../runtime/durable-file.ts'
import { systemCodeOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { sha256Of } from '../runtime/sha256.ts'
import { blobHashOf, blobPathOf, blobReferenceOf } from './blob-reference.ts'

/** A folder of films too large for a record, each under its own hash. */
export type FileBlobStore = BlobStore & {
  /** Removes films that nobody has put since the instant; call it with the retention of the images topic. */
  readonly removeOlderThan: (instant: Date) => Promise<number>
}

const undefinedWhereGone = (error: unknown): undefined => {
  if (systemCodeOf(error) !== 'ENOENT') throw error
}

const sizeOf = async (file: string): Promise<number | undefined> =>
  (await stat(file).catch(undefinedWhereGone))?.size

const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(undefinedWhereGone)) ?? []

/** Reads a blob whose bytes are the ones that its name promises; anything else is not there. */
const readVerified = async (file: string, sha256: string, logger: Logger) => {
  const size = await sizeOf(file)
  if (size === undefined) return undefined
  const bytes = size <= largestFilmBytes ? new Uint8Array(await readFile(file)) : undefined
  if (bytes !== undefined && sha256Of(bytes) === sha256) return bytes
  await rename(file, `${file}.damaged`)
  logger.error({ sha256, size, runbook: 'docs/runbook/spool.md' }, 'film in the store is damaged')
  return undefined
}

/**
 * A content-addressed folder. References are `blob:sha256:<hex>` and nothing else: a record cannot make a
 * reader open another file. A damaged film is set aside and counts as gone.
 */
export const createFileBlobStore = (options: { folder: string; logger: Logger }): FileBlobStore => {
  const fileOf = (sha256: string): string => join(options.folder, ...blobPathOf(sha256))
  return {
    put: async (bytes, sha256) => {
      if (bytes.length > largestFilmBytes || sha256Of(bytes) !== sha256)
        throw new Error('a film in the store must be of allowed size and bear its own hash')
      const file = fileOf(sha256)
      const isNew = await createDurably(file, bytes)
      // A film that is sent again must outlive the record that names it now.
      if (!isNew) await utimes(file, new Date(), new Date())
      return blobReferenceOf(sha256)
    },
    get: async (reference) => {
      const sha256 = blobHashOf(reference)
      return sha256 === undefined ? undefined : readVerified(fileOf(sha256), sha256, options.logger)
    },
    removeOlderThan: async (instant) => {
      let removed = 0
      for (const part of await namesIn(options.folder)) {
        for (const name of await namesIn(join(options.folder, part))) {
          const file = join(options.folder, part, name)
          // Another process may tidy the same folder.
          const found = await stat(file).catch(undefinedWhereGone)
          if (found === undefined || found.mtime >= instant) continue
          await rm(file, { force: true })
          removed += 1
        }
      }
      return removed
    },
  }
}

/** The folder of the store under the data folder. */
export const blobFolderOf = (dataDir: string): string => join(dataDir, 'blobs')
