import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskStored } from '../../../src/imaging/picture/stored-values.ts'

const tenBits = { bitsStored: 10, highBit: 9, signed: false }

test('a bit outside of the stored ones is seen wherever it is, and however the words lie in memory', () => {
  const memory = new ArrayBuffer(64)
  for (const byteOffset of [0, 2, 4, 6])
    for (let length = 0; length < 20; length += 1) {
      const words = new Uint16Array(memory, byteOffset, length).fill(5)
      assert.equal(maskStored(words, tenBits), words, 'clean words are not copied')
      for (let place = 0; place < length; place += 1) {
        const dirty = words.fill(5)
        dirty[place] = 0x8005
        const expected = new Uint16Array(length).fill(5)
        assert.deepEqual(maskStored(dirty, tenBits), expected, `${place} of ${length} at ${byteOffset}`)
      }
    }
})

test('what stands beside the words in memory does not matter', () => {
  const memory = new Uint16Array(12).fill(0xffff)
  for (const first of [1, 2])
    for (const length of [0, 1, 2, 7, 8]) {
      const words = memory.subarray(first, first + length).fill(5)
      assert.equal(maskStored(words, tenBits), words)
      memory.fill(0xffff)
    }
})
