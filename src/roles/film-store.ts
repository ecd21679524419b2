import type { BlobStore } from '../contracts/ports.ts'
import { blobFolderOf, createFileBlobStore } from '../producers/file-blob-store.ts'
import { createS3BlobStore } from '../producers/s3-blob-store.ts'
import { type Settings, variableOf } from '../runtime/config.ts'
import { SetupError } from '../runtime/errors.ts'
import { everyReally } from '../runtime/every.ts'
import { openS3Bucket } from '../runtime/s3.ts'
import { startFilmExpiry } from './expire-films.ts'
import type { Process } from './open-process.ts'

const needed = <Name extends 's3Bucket' | 's3AccessKeyId' | 's3SecretAccessKey'>(
  settings: Settings,
  name: Name,
): string => {
  const value = settings[name]
  if (value !== undefined) return value
  throw new SetupError(
    'SETTING_INVALID',
    `${variableOf('s3Endpoint')} is set without ${variableOf(name)}`,
    `set ${variableOf(name)} too, or unset ${variableOf('s3Endpoint')} to keep films in the data folder`,
  )
}

const isOnThisMachine = (endpoint: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(new URL(endpoint).hostname)

const openBucket = ({ settings, logger }: Pick<Process, 'settings' | 'logger'>, endpoint: string) => {
  if (!endpoint.startsWith('https:') && !isOnThisMachine(endpoint))
    logger.warn(
      { endpoint, runbook: 'docs/runbook/film-store.md' },
      'films travel to the film store in the clear',
    )
  return openS3Bucket({
    endpoint,
    region: settings.s3Region,
    bucket: needed(settings, 's3Bucket'),
    accessKeyId: needed(settings, 's3AccessKeyId'),
    secretAccessKey: needed(settings, 's3SecretAccessKey'),
    encryption: settings.s3Encryption,
    requestLimitMs: settings.s3RequestLimitS * 1000,
  })
}

/** The store of films too large for a record: a bucket that machines share, else a folder. Throws SetupError SETTING_INVALID. */
export const blobStoreOf = (process: Pick<Process, 'settings' | 'logger'>): BlobStore => {
  const { settings, logger } = process
  return settings.s3Endpoint === undefined
    ? createFileBlobStore({ folder: blobFolderOf(settings.dataDir), logger })
    : createS3BlobStore({ bucket: openBucket(process, settings.s3Endpoint), logger })
}

/** Lets films leave the folder when their time is over; a bucket does so by its own life cycle. */
export const expireFilms = ({ settings, logger, lifecycle }: Process): void => {
  if (settings.s3Endpoint !== undefined) return
  const expiry = startFilmExpiry({
    store: createFileBlobStore({ folder: blobFolderOf(settings.dataDir), logger }),
    keptDays: settings.filmStoreDays,
    every: everyReally,
    now: () => new Date(),
    uptimeMs: () => performance.now(),
    logger,
  })
  lifecycle.add('film expiry', expiry.stop)
}
