import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import sharp from 'sharp'
import { decodePicture, encodePng } from '../../../src/imaging/codecs/sharp-codec.ts'
import { renderContactSheet } from '../../../src/imaging/picture/render-contact-sheet.ts'
import { decoded, picture, refusalOf, sample, samplePath, withoutSamples } from '../films.ts'

const [rows, columns] = [37, 41]
const grey8 = Uint8Array.from(picture(rows, columns, 8))
const greyRaw = { width: columns, height: rows, channels: 1 as const }

/** Three channels of 8 or 16 bits, each from the grey picture by its own rule. */
const inColour = (rules: readonly ((value: number) => number)[], bits: 8 | 16): Promise<Uint8Array> => {
  const grey = picture(rows, columns, bits)
  const values = Array.from({ length: grey.length * 3 }, (_, index) => {
    const rule = rules[index % 3]
    return Math.round(rule?.(grey[Math.floor(index / 3)] ?? 0) ?? 0)
  })
  const raw = { width: columns, height: rows, channels: 3 as const }
  return bits === 8
    ? sharp(Uint8Array.from(values), { raw }).png().toBuffer()
    : sharp(Uint16Array.from(values), { raw }).toColourspace('rgb16').png().toBuffer()
}
const same = (value: number): number => value
const half = (value: number): number => value / 2

describe('sharp-codec', () => {
  for (const bits of [8, 16] as const) {
    test(`a colour PNG of ${bits} bits is refused`, async () =>
      assert.equal(await refusalOf(await inColour([same, half, same], bits)), 'COLOUR_PHOTOGRAPH'))

    test(`a grey film in three channels of ${bits} bits is read as grey`, async () => {
      const { stored } = await decoded(await inColour([same, same, same], bits))
      assert.deepEqual(stored, picture(rows, columns, bits))
    })
  }

  test('a colour JPEG is refused', async () => {
    const png = await inColour([same, half, same], 8)
    assert.equal(await refusalOf(await sharp(png).jpeg().toBuffer()), 'COLOUR_PHOTOGRAPH')
  })

  test('a colour profile does not move values', async () => {
    const bytes = await sharp(grey8, { raw: greyRaw }).withIccProfile('p3').png().toBuffer()
    assert.deepEqual((await decoded(bytes)).stored, picture(rows, columns, 8))
  })

  test('palette, interlaced and transparent PNGs keep their values', async () => {
    const image = sharp(grey8, { raw: greyRaw })
    const variants = [
      image.clone().png({ palette: true, colours: 256, dither: 0, quality: 100 }),
      image.clone().toColourspace('b-w').png({ progressive: true }),
      image.clone().ensureAlpha().png(),
    ]
    for (const variant of variants)
      assert.deepEqual((await decoded(await variant.toBuffer())).stored, picture(rows, columns, 8))
  })

  test('other formats of pictures stay closed', async () => {
    const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
    const outcome = await decodePicture(new Uint8Array(gif), 8)
    assert.equal(outcome.kind === 'failed' && outcome.code, 'FILE_CORRUPT')
  })

  test('real films as JPEG decode', { skip: withoutSamples('knee') }, async () => {
    const [name = ''] = readdirSync(samplePath('knee', 'osteopenia')).sort()
    const { rows: height, columns: width } = await decoded(sample('knee', 'osteopenia', name))
    assert.equal(Math.max(height, width), 448)
  })

  test('16 bits survive writing', async () => {
    const values = picture(rows, columns, 16)
    const outcome = await decodePicture(await encodePng({ rows, columns, values }, 16), 16)
    assert.deepEqual(outcome.kind === 'ok' && outcome.value.values, values)
  })
})

describe('contact sheet', () => {
  test('every tile stands in its cell', async () => {
    const tile = (value: number) => ({ rows: 2, columns: 3, pixels: new Uint8Array(6).fill(value) })
    const bytes = await renderContactSheet([tile(10), tile(20), tile(30)], 2)
    const outcome = await decodePicture(bytes, 8)
    assert.ok(outcome.kind === 'ok')
    const { rows: height, columns: width, values } = outcome.value
    assert.deepEqual([height, width], [16, 18])
    const at = (x: number, y: number): number | undefined => values[y * width + x]
    assert.deepEqual(
      [at(4, 4), at(11, 4), at(4, 10), at(6, 5), at(0, 0), at(11, 10)],
      [10, 20, 30, 10, 64, 64],
    )
  })

  test('no tiles make an empty sheet', async () => {
    const outcome = await decodePicture(await renderContactSheet([], 5), 8)
    assert.equal(outcome.kind, 'ok')
  })
})
