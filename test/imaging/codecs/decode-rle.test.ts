import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeRle } from '../../../src/imaging/codecs/decode-rle.ts'

/** A frame of PackBits segments, the most significant byte first. */
const frameOf = (...segments: readonly (readonly number[])[]): Uint8Array => {
  const header = new Uint32Array(16)
  header[0] = segments.length
  let at = 64
  for (const [index, segment] of segments.entries()) {
    header[index + 1] = at
    at += segment.length
  }
  return Uint8Array.of(...new Uint8Array(header.buffer), ...segments.flat())
}
const wide = { pixels: 5, bytesPerSample: 2, samples: 1 } as const
const kindOf = (...segments: readonly (readonly number[])[]) => decodeRle(frameOf(...segments), wide).kind

// PS3.5 G.3.1: up to 127 begins a literal of one byte more, from 129 on 257 less it are repeated, 128 says nothing.
const high = [254, 1, 128, 1, 2, 3]
const low = [4, 10, 20, 30, 40, 50]

test('literals and runs fill the two bytes of each sample', () => {
  const decoded = decodeRle(frameOf(high, low), wide)
  assert.ok(decoded.kind === 'ok')
  assert.deepEqual(decoded.value, Uint16Array.of(0x010a, 0x0114, 0x011e, 0x0228, 0x0332))
  const narrow = decodeRle(frameOf(low), { ...wide, bytesPerSample: 1 })
  assert.ok(narrow.kind === 'ok')
  assert.deepEqual(narrow.value, Uint16Array.of(10, 20, 30, 40, 50))
})

test('a run or literal that leaves the frame, and a segment that does not fill it, are refused', () => {
  const faults = [
    [253, 1, 1, 2, 3],
    [254, 1, 2, 2, 3, 4],
    [254, 1, 0, 2],
    [254, 1, 1, 2],
    [254, 1, 254],
  ]
  for (const fault of faults) {
    assert.equal(kindOf(fault, low), 'failed', `high: ${fault.join(' ')}`)
    assert.equal(kindOf(high, fault), 'failed', `low: ${fault.join(' ')}`)
  }
  assert.equal(kindOf(high), 'failed')
})
