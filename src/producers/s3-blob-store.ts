import { largestFilmBytes } from '../contracts/image-event.ts'
import type { BlobStore } from '../contracts/ports.ts'
import type { Logger } from '../runtime/logger.ts'
import type { S3Bucket } from '../runtime/s3.ts'
import { sha256Of } from '../runtime/sha256.ts'
import { blobHashOf, blobPathOf, blobReferenceOf } from './blob-reference.ts'

/** A film whose bytes are not those of its name is read once more: what a network has damaged is whole then. */
const readings = 2

/**
 * Films under their own hash in a bucket that machines share, laid out as in the folder of `createFileBlobStore`: a copy
 * of the one is the other. A film that is put again is written again, so that the life cycle of the bucket counts its
 * days from then on. What the server refuses or does not answer is no verdict on the film: it throws RetryLater.
 */
export const createS3BlobStore = (options: { bucket: S3Bucket; logger: Logger }): BlobStore => {
  const keyOf = (sha256: string): string => blobPathOf(sha256).join('/')
  const read = async (sha256: string) => {
    const bytes = await options.bucket.get(keyOf(sha256), largestFilmBytes)
    if (bytes === undefined) return 'gone'
    return bytes !== 'tooLarge' && sha256Of(bytes) === sha256 ? bytes : 'damaged'
  }
  return {
    put: async (bytes, sha256) => {
      if (bytes.length > largestFilmBytes || sha256Of(bytes) !== sha256)
        throw new Error('a film in the store must be of allowed size and bear its own hash')
      await options.bucket.put(keyOf(sha256), bytes, sha256)
      return blobReferenceOf(sha256)
    },
    get: async (reference) => {
      const sha256 = blobHashOf(reference)
      if (sha256 === undefined) return undefined
      for (let reading = 0; reading < readings; reading += 1) {
        const film = await read(sha256)
        if (film === 'gone') return undefined
        if (film !== 'damaged') return film
      }
      options.logger.error({ sha256, runbook: 'docs/runbook/film-store.md' }, 'film in the bucket is damaged')
      return undefined
    },
  }
}
