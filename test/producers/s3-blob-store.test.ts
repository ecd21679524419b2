import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { largestFilmBytes } from '../../src/contracts/image-event.ts'
import type { BlobStore } from '../../src/contracts/ports.ts'
import { blobReferenceOf } from '../../src/producers/blob-reference.ts'
import { createS3BlobStore } from '../../src/producers/s3-blob-store.ts'
import { isRetryable, RetryLater } from '../../src/runtime/errors.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { openS3Bucket, type S3Options } from '../../src/runtime/s3.ts'
import { startHoldingProxy } from '../support/holding-proxy.ts'
import { type S3Server, startS3Server } from '../support/s3-server.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const film = randomBytes(1024 * 1024)
const sha256 = hashOf(film)
const pathOf = (hash: string) => `/${hash.slice(0, 2)}/${hash}`

const waits = (pattern: RegExp) => (error: unknown) =>
  error instanceof RetryLater && isRetryable(error) && pattern.test(error.message)

describe('the film store of several machines', () => {
  const undo = undoAfter({ after })
  let server: S3Server
  before(async () => {
    server = await startS3Server(undo)
  })
  const storeWith = (changed: Partial<S3Options> = {}): BlobStore =>
    createS3BlobStore({
      bucket: openS3Bucket({
        endpoint: server.endpoint,
        region: 'us-east-1',
        bucket: server.bucket,
        accessKeyId: server.accessKeyId,
        secretAccessKey: server.secretAccessKey,
        encryption: 'AES256',
        requestLimitMs: 30_000,
        ...changed,
      }),
      logger: silentLogger,
    })

  test('a machine gives back what another has put, under its hash', async () => {
    const reference = await storeWith().put(film, sha256)
    assert.equal(reference, `blob:sha256:${sha256}`)
    assert.equal(await storeWith().put(film, sha256), reference, 'a film that is sent again')
    assert.deepEqual(await storeWith().get(reference), new Uint8Array(film))
    assert.equal((await server.owner('GET', pathOf(sha256))).status, 200, 'laid out as in the folder')
  })

  test('what is not there is gone; what is no reference of ours is not asked for', async () => {
    const store = storeWith()
    assert.equal(await store.get(blobReferenceOf('0'.repeat(64))), undefined)
    const nowhere = storeWith({ endpoint: 'http://127.0.0.1:9' })
    for (const reference of [`s3://films/${sha256}`, `blob:sha256:../${sha256}`, `blob:md5:${sha256}`])
      assert.equal(await nowhere.get(reference), undefined, reference)
  })

  test('other bytes than the hash names are never kept nor served', async () => {
    const store = storeWith()
    await assert.rejects(store.put(Buffer.from('other'), sha256))
    const forged = hashOf(Buffer.from('a film'))
    await server.owner('PUT', pathOf(forged), Buffer.from('a fiLm'))
    assert.equal(await store.get(blobReferenceOf(forged)), undefined)
    await store.put(Buffer.from('a film'), forged)
    assert.deepEqual(await store.get(blobReferenceOf(forged)), new Uint8Array(Buffer.from('a film')))
  })

  test('the server compares the bytes that arrive with the hash that is signed', async () => {
    const bucket = openS3Bucket({
      endpoint: server.endpoint,
      region: 'us-east-1',
      bucket: server.bucket,
      accessKeyId: server.accessKeyId,
      secretAccessKey: server.secretAccessKey,
      encryption: 'bucket',
      requestLimitMs: 30_000,
    })
    await assert.rejects(bucket.put('x', Buffer.from('a film'), sha256), /its own hash/)
  })

  test('a refusal is no verdict on the film: it waits for who mends it', async () => {
    const reference = await storeWith().put(film, sha256)
    const denied = storeWith({ secretAccessKey: 'another' })
    await assert.rejects(denied.get(reference), waits(/403 SignatureDoesNotMatch/))
    await assert.rejects(denied.put(film, sha256), waits(/403 SignatureDoesNotMatch/))
    const nobody = storeWith({ accessKeyId: 'nobody' })
    await assert.rejects(nobody.get(reference), waits(/403/))
    const elsewhere = storeWith({ bucket: 'not-there' })
    await assert.rejects(elsewhere.get(reference), waits(/404 NoSuchBucket/))
    await assert.rejects(elsewhere.put(film, sha256), waits(/404 NoSuchBucket/))
  })

  test('a cut and a server that says nothing are tried again, and then it goes on', async () => {
    const proxy = await startHoldingProxy()
    undo(proxy.stop)
    const store = storeWith({ endpoint: `http://${proxy.address}`, requestLimitMs: 1500 })
    await assert.rejects(store.put(film, sha256), waits(/cannot be reached/), 'nobody listens behind it')
    proxy.leadTo(new URL(server.endpoint).host)
    const patient = storeWith({ endpoint: `http://${proxy.address}` })
    const reference = await patient.put(film, sha256)
    proxy.hold(true)
    await assert.rejects(store.get(reference), waits(/not answered/))
    proxy.hold(true)
    const asking = patient.get(reference)
    await waitFor('an answer that is held', () => proxy.held() > 0)
    proxy.cut()
    await assert.rejects(asking, waits(/cannot be reached/))
    proxy.hold(false)
    assert.deepEqual(await patient.get(reference), new Uint8Array(film))
  })

  test('bytes that a network has damaged are read again; a body that ends early is no film', async () => {
    const answers: { readonly length: number; readonly bytes: Uint8Array; readonly isCut?: true }[] = []
    const liar = createServer((_request, response) => {
      const { length, bytes, isCut } = answers.shift() ?? { length: 0, bytes: new Uint8Array(0) }
      response.writeHead(200, { 'content-length': length })
      response.write(bytes, () => {
        if (isCut === true) response.destroy()
        else if (length === bytes.length) response.end()
      })
    })
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
    undo(async () => {
      liar.closeAllConnections()
      liar.close()
    })
    const store = storeWith({ endpoint: `http://127.0.0.1:${(liar.address() as AddressInfo).port}` })
    const damaged = new Uint8Array(film)
    damaged[1000] = (damaged[1000] ?? 0) ^ 1
    answers.push({ length: film.length, bytes: damaged }, { length: film.length, bytes: film })
    assert.deepEqual(await store.get(blobReferenceOf(sha256)), new Uint8Array(film))
    answers.push({ length: film.length, bytes: film.subarray(0, 5000), isCut: true })
    await assert.rejects(store.get(blobReferenceOf(sha256)), waits(/cannot be reached/))
    const tooLarge = { length: largestFilmBytes + 1, bytes: film.subarray(0, 5000) }
    answers.push(tooLarge, tooLarge)
    assert.equal(await store.get(blobReferenceOf(sha256)), undefined, 'too large to be a film: not read')
  })

  test('a film is never sent after a redirect', async () => {
    const pointer = createServer((_request, response) => {
      response.writeHead(307, { location: `${server.endpoint}/${server.bucket}${pathOf(sha256)}` })
      response.end()
    })
    await new Promise<void>((resolve) => pointer.listen(0, '127.0.0.1', resolve))
    undo(async () => void pointer.close())
    const store = storeWith({ endpoint: `http://127.0.0.1:${(pointer.address() as AddressInfo).port}` })
    await assert.rejects(store.put(Buffer.from('a film'), hashOf(Buffer.from('a film'))), waits(/307/))
  })

  test('over TLS, from a server that is trusted and from no other', async () => {
    const store = storeWith({ endpoint: server.secureEndpoint })
    await assert.rejects(store.put(film, sha256), waits(/cannot be reached/))
    const before = getCACertificates('default')
    undo(async () => setDefaultCACertificates(before))
    setDefaultCACertificates([...before, server.certificate])
    const reference = await store.put(film, sha256)
    assert.deepEqual(await store.get(reference), new Uint8Array(film))
  })
})
