import { AwsV4Signer } from 'aws4fetch'
import { RetryLater } from './errors.ts'
import { sha256Of } from './sha256.ts'

/** What a store of objects is asked to do with what lies in it: `bucket` leaves it to the bucket's own rule. */
export type S3Encryption = 'bucket' | 'AES256' | 'aws:kms'

export type S3Options = {
  /** `https://host[:port]`; the bucket stands in the path. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly encryption: S3Encryption
  /** Milliseconds that a request may take, its bytes included. */
  readonly requestLimitMs: number
}

/** One bucket of an S3 server. */
export type S3Bucket = {
  /** Stores an object; it resolves when the server has it, after the server has compared the hash. */
  readonly put: (key: string, bytes: Uint8Array, sha256: string) => Promise<void>
  /** The bytes of an object; undefined where there is none, `tooLarge` where there are more than `mostBytes`. */
  readonly get: (key: string, mostBytes: number) => Promise<Uint8Array | 'tooLarge' | undefined>
}

/** The word of the server for what went wrong, such as `NoSuchKey`. */
const codeIn = (answer: string): string | undefined => /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(answer)?.[1]

const describe = (what: string, status: number, code: string | undefined): string =>
  `the S3 server answers ${status}${code === undefined ? '' : ` ${code}`} to ${what}`

/**
 * What a server refuses it may grant later, when somebody has mended its rights, its bucket or its disk: no answer of
 * it but `NoSuchKey` says that an object is gone.
 */
const refusalOf = async (what: string, response: Response): Promise<RetryLater> =>
  new RetryLater(describe(what, response.status, codeIn(await response.text())))

/** Whether the answer is that this very object is not there, and not that its bucket is not. */
const isGone = (status: number, code: string | undefined): boolean => status === 404 && code === 'NoSuchKey'

const isTooLarge = (response: Response, mostBytes: number): boolean =>
  Number(response.headers.get('content-length') ?? 0) > mostBytes

/** The bytes of an answer, read no further than `mostBytes`. */
const bytesOf = async (response: Response, mostBytes: number): Promise<Uint8Array | 'tooLarge'> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > mostBytes) return 'tooLarge'
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** A request that was cut or answered too late is one that may go through later. */
const inTime = async <Value>(
  what: string,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> => {
  try {
    return await work(AbortSignal.timeout(limitMs))
  } catch (error) {
    if (error instanceof RetryLater) throw error
    const isLate = error instanceof DOMException && error.name === 'TimeoutError'
    // Node says `fetch failed` and `terminated` of everything that a network does.
    if (!isLate && !(error instanceof TypeError)) throw error
    throw new RetryLater(
      isLate
        ? `the S3 server has not answered ${what} within ${limitMs} ms`
        : `the S3 server cannot be reached for ${what}`,
      { cause: error },
    )
  }
}

/**
 * A client of one bucket by its path (`/bucket/key`), with signatures of version 4 over the hash of each body: a server
 * refuses bytes that were changed on their way. Throws RetryLater for all that a server or a network can refuse.
 */
export const openS3Bucket = (options: S3Options): S3Bucket => {
  const { accessKeyId, secretAccessKey, region, encryption, requestLimitMs } = options
  const base = `${options.endpoint.replace(/\/+$/, '')}/${options.bucket}`
  const send = async (method: 'GET' | 'PUT', key: string, signal: AbortSignal, body?: Uint8Array) => {
    const signer = new AwsV4Signer({
      method,
      url: `${base}/${key}`,
      headers: {
        'x-amz-content-sha256': sha256Of(body ?? new Uint8Array(0)),
        ...(body === undefined ? {} : { 'content-type': 'application/octet-stream' }),
        ...(body === undefined || encryption === 'bucket'
          ? {}
          : { 'x-amz-server-side-encryption': encryption }),
      },
      accessKeyId,
      secretAccessKey,
      region,
      service: 's3',
    })
    const { url, headers } = await signer.sign()
    const sent =
      body === undefined ? {} : { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }
    // A redirect would take the film and its signature to an address that nobody has set.
    return fetch(url, { method, headers, signal, redirect: 'manual', ...sent })
  }
  return {
    put: (key, bytes, sha256) =>
      inTime('a film that is put', requestLimitMs, async (signal) => {
        if (sha256Of(bytes) !== sha256) throw new Error('an object must bear its own hash')
        const response = await send('PUT', key, signal, bytes)
        if (response.status !== 200) throw await refusalOf('a film that is put', response)
        await response.arrayBuffer()
      }),
    get: (key, mostBytes) =>
      inTime('a film that is asked for', requestLimitMs, async (signal) => {
        const response = await send('GET', key, signal)
        if (response.status !== 200) {
          const code = codeIn(await response.text())
          if (isGone(response.status, code)) return undefined
          throw new RetryLater(describe('a film that is asked for', response.status, code))
        }
        if (!isTooLarge(response, mostBytes)) return bytesOf(response, mostBytes)
        await response.body?.cancel()
        return 'tooLarge'
      }),
  }
}
