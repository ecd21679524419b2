import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { decodeWithCharls } from '../../../src/imaging/codecs/charls-codec.ts'
import type { CodedFrame } from '../../../src/imaging/codecs/coded-frame.ts'
import { parseDicom } from '../../../src/imaging/dicom/parse-dicom.ts'
import { joinFragments } from '../../../src/imaging/dicom/pixel-fragments.ts'
import { decoded, hipHash, sample, withoutSamples } from '../films.ts'

/** The JPEG-LS codestream of the real hip. */
const hipFrame = (): CodedFrame => {
  const parsed = parseDicom(sample('hip-dicom', 'RG2_JLSL.dcm'))
  assert.ok(parsed.kind === 'ok')
  const { bytes, pixelData } = parsed.value
  const frame = joinFragments(bytes, pixelData?.fragments ?? [])
  const shape = { rows: 2140, columns: 1760, bitsAllocated: 16, bits: 10, signed: false, samples: 1 } as const
  return { codec: 'jpegLs', bytes: frame, ...shape }
}

describe('charls-codec: the second decoder of JPEG-LS', { skip: withoutSamples('hip-dicom') }, () => {
  test('gives the same values as the first', async () => {
    const outcome = await decodeWithCharls(hipFrame())
    assert.ok(outcome.kind === 'ok')
    const { stored } = await decoded(sample('hip-dicom', 'RG2_JLSL.dcm'))
    assert.equal(Buffer.compare(outcome.value, Buffer.from(stored.buffer)), 0)
  })

  test('a damaged codestream is FILE_CORRUPT, and the next one decodes', async () => {
    const frame = hipFrame()
    const damaged = frame.bytes.slice()
    for (let at = 20_000; at < 60_000; at += 997) damaged[at] = 0
    const outcome = await decodeWithCharls({ ...frame, bytes: damaged })
    assert.equal(outcome.kind === 'failed' && outcome.code, 'FILE_CORRUPT')
    assert.equal((await decodeWithCharls(frame)).kind, 'ok')
  })
})

test('codecs load in a worker thread', { skip: withoutSamples('hip-dicom') }, async () => {
  const films = JSON.stringify(new URL('../films.ts', import.meta.url).href)
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     import(${films}).then(async ({ decoded, sample }) => {
       const { pixelHash } = await decoded(sample('hip-dicom', 'RG2_JPLL.dcm'))
       parentPort.postMessage(pixelHash)
     })`,
    { eval: true },
  )
  const hash = await new Promise((done, fail) => worker.once('message', done).once('error', fail))
  await worker.terminate()
  assert.equal(hash, hipHash)
})
