import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { encodePng } from '../../../src/imaging/codecs/sharp-codec.ts'
import { cleanPng } from '../../../src/imaging/codestream/clean-png.ts'
import { decoded, picture } from '../films.ts'

const marker = 'ZZMARKER'
const text = Buffer.from(marker.repeat(2))

const chunk = (type: string, content: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const [head, tail] = [Buffer.alloc(4), Buffer.alloc(4)]
  head.writeUInt32BE(content.length)
  tail.writeUInt32BE(crc32(body))
  return Buffer.concat([head, body, tail])
}

type Chunk = { readonly type: string; readonly content: Buffer }

const chunksOf = (png: Uint8Array): Chunk[] => {
  const bytes = Buffer.from(png)
  const chunks: Chunk[] = []
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    chunks.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      content: bytes.subarray(at + 8, at + 8 + length),
    })
    at += 12 + length
  }
  return chunks
}

const plain = await encodePng({ rows: 37, columns: 41, values: picture(37, 41, 16) }, 16)
const start = plain.subarray(0, 8)
const [header, ...others] = chunksOf(plain)
const zlib = Buffer.concat(others.filter(({ type }) => type === 'IDAT').map(({ content }) => content))
const png = (...chunks: readonly Buffer[]): Uint8Array =>
  new Uint8Array(
    Buffer.concat([start, chunk('IHDR', header?.content ?? text), ...chunks, chunk('IEND', Buffer.alloc(0))]),
  )
const pixels = chunk('IDAT', zlib)

const cleaned = (bytes: Uint8Array): Uint8Array => {
  const outcome = cleanPng(bytes)
  assert.ok(outcome.kind === 'ok', JSON.stringify(outcome))
  return outcome.value
}

describe('clean-png', () => {
  const marked: [string, Uint8Array][] = [
    ...['tEXt', 'zTXt', 'iTXt', 'eXIf', 'gAMA', 'sBIT', 'tRNS', 'bKGD', 'iCCP', 'prVt', 'fdAT'].map(
      (type): [string, Uint8Array] => [type, png(chunk(type, text), pixels)],
    ),
    ['a palette where there is none', png(chunk('PLTE', text.subarray(0, 15)), pixels)],
    ['behind the pixels', png(pixels, chunk('tEXt', text))],
    ['appended to the pixels’ stream', png(chunk('IDAT', Buffer.concat([zlib, text])))],
    ['a chunk of pixels too many', png(pixels, chunk('IDAT', text))],
    ['behind the end', new Uint8Array(Buffer.concat([png(pixels), text]))],
  ]
  for (const [where, bytes] of marked)
    test(`a name goes, and the pixels stay: ${where}`, async () => {
      assert.ok(Buffer.from(bytes).includes(marker))
      const clean = cleaned(bytes)
      assert.ok(!Buffer.from(clean).includes(marker))
      assert.equal((await decoded(clean)).pixelHash, (await decoded(plain)).pixelHash)
    })

  test('rows behind the last one, which no reader shows, are refused', () => {
    const longer = deflateSync(Buffer.concat([inflateSync(zlib), text]))
    const outcome = cleanPng(png(chunk('IDAT', longer)))
    assert.ok(outcome.kind === 'failed' && outcome.code === 'FILE_CORRUPT')
  })

  test('pixels in many chunks become one', async () => {
    const pieces = [zlib.subarray(0, 100), zlib.subarray(100, 101), zlib.subarray(101)]
    const clean = cleaned(png(...pieces.map((piece) => chunk('IDAT', piece))))
    assert.deepEqual(
      chunksOf(clean).map(({ type }) => type),
      ['IHDR', 'IDAT', 'IEND'],
    )
    assert.equal((await decoded(clean)).pixelHash, (await decoded(plain)).pixelHash)
  })
})
