import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { zstdCodec } from '../../src/runtime/kafka/zstd-codec.ts'

test('small and large batches come back as they were', async () => {
  const { compress, decompress } = zstdCodec()
  for (const size of [0, 700, 64 * 1024, 64 * 1024 + 1, 1024 * 1024]) {
    const buffer = randomBytes(size)
    const compressed = await compress({ buffer })
    assert.deepEqual(zstdDecompressSync(compressed), buffer)
    assert.deepEqual(await decompress(compressed), buffer, `${size} bytes`)
  }
  await assert.rejects(decompress(Buffer.from('no batch')), 'damage is a rejection, whatever the size')
})
