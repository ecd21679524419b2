import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import sharp from 'sharp'
import { writeHugePng, writePng } from '../../../src/simulation/clinics/write-png.ts'

describe('writing PNG', () => {
  test('grey and colour come back as they were', async () => {
    for (const colour of ['grey', 'rgb'] as const) {
      const samples = Uint8Array.from({ length: 5 * 7 * (colour === 'rgb' ? 3 : 1) }, (_, index) => index * 2)
      const png = await writePng({ rows: 5, columns: 7, colour, bitDepth: 8, samples })
      const image = sharp(png)
      const { channels } = await image.metadata()
      assert.equal(channels, colour === 'rgb' ? 3 : 1)
      const decoded = await image
        .toColourspace(colour === 'rgb' ? 'srgb' : 'b-w')
        .raw()
        .toBuffer()
      assert.deepEqual(new Uint8Array(decoded), samples)
    }
  })

  test('the huge one is small on the wire and 256 megapixels in its header', async () => {
    const png = await writeHugePng()
    assert.ok(png.length < 800_000, `${png.length} bytes`)
    const { width, height } = await sharp(png, { limitInputPixels: false }).metadata()
    assert.equal((width ?? 0) * (height ?? 0), 256_000_000)
  })
})
