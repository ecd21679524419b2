import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { DecodedFilm } from '../../src/imaging/decode-film.ts'
import { deidentifyFilm } from '../../src/imaging/deidentify/deidentify-film.ts'
import { tempDir } from '../support/temp-dir.ts'
import { decoded, film, headerOf, hipHash, refusalOf, sample, samplePath, withoutSamples } from './films.ts'

const hip = (name: string): Promise<DecodedFilm> => decoded(sample('hip-dicom', `RG2_${name}.dcm`))

type Difference = { readonly worst: number; readonly mean: number }

const differenceOf = (one: DecodedFilm, other: DecodedFilm): Difference => {
  assert.deepEqual([one.rows, one.columns], [other.rows, other.columns])
  let worst = 0
  let sum = 0
  for (let index = 0; index < one.stored.length; index += 1) {
    const error = Math.abs((one.stored[index] ?? 0) - (other.stored[index] ?? 0))
    worst = Math.max(worst, error)
    sum += error
  }
  return { worst, mean: sum / one.stored.length }
}

/** Pearson's r of the pixels: 1 for a film whose values a tool has moved to another scale. */
const correlationOf = (one: DecodedFilm, other: DecodedFilm): number => {
  const n = one.stored.length
  let [x, y, xx, yy, xy] = [0, 0, 0, 0, 0]
  for (let index = 0; index < n; index += 1) {
    const [a, b] = [one.stored[index] ?? 0, other.stored[index] ?? 0]
    x += a
    y += b
    xx += a * a
    yy += b * b
    xy += a * b
  }
  return (n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y))
}

describe('the eight encodings of the real hip', { skip: withoutSamples('hip-dicom') }, () => {
  for (const name of ['UNC', 'J2KR', 'JLSL', 'JPLL', 'RLE'])
    test(`${name} has the documented hash`, async () => assert.equal((await hip(name)).pixelHash, hipHash))

  // Worst and mean error in 1/1023, as the encoders of the samples left them.
  const lossy: [name: string, worst: number, mean: number][] = [
    ['JLSN', 4, 2.5],
    ['J2KI', 90, 1.3],
    ['JPLY', 105, 4],
  ]
  for (const [name, worst, mean] of lossy)
    test(`${name} differs by no more than its encoder's error`, async () => {
      const difference = differenceOf(await hip(name), await hip('UNC'))
      assert.ok(difference.worst <= worst && difference.mean <= mean, JSON.stringify(difference))
    })

  test('header and attributes are those of the film', async () => {
    const { header } = await hip('JPLL')
    assert.deepEqual(
      [header.rows, header.columns, header.bitsAllocated, header.bitsStored],
      [2140, 1760, 16, 10],
    )
    assert.equal(header.attributes.bodyPart, 'HIP')
    assert.equal(header.attributes.maker, 'Fuji Photo Film Co.,Ltd.')
    assert.deepEqual(header.attributes.imagerPixelSpacingMm, [0.2, 0.2])
  })
})

const copyOf = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const outcome = await deidentifyFilm(bytes, headerOf(bytes), { replacementUid: () => '2.25.1' })
  assert.ok(outcome.kind === 'ok', JSON.stringify(outcome))
  return outcome.value
}

const has = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0
const missing = ['dcmconv', 'dcmcjpeg', 'dcmcjpls', 'dcmcrle', 'gdcmconv'].filter((tool) => !has(tool))
const withoutTools =
  missing.length === 0
    ? withoutSamples('hip-dicom')
    : `SKIPPED: ${missing.join(', ')} not installed (dcmtk, libgdcm-tools): their encodings are untested`

const convert = async (
  t: TestContext,
  tool: string,
  options: readonly string[],
  input: string,
): Promise<Uint8Array> => {
  const output = join(await tempDir(t), 'film.dcm')
  const { status, stderr } = spawnSync(tool, [...options, input, output], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return new Uint8Array(readFileSync(output))
}

const lossless: [tool: string, ...options: string[]][] = [
  ['dcmconv', '+te'],
  ['dcmconv', '+ti'],
  ['dcmconv', '+tb'],
  ['dcmconv', '+td'],
  ['dcmconv', '+te', '-e'],
  ['dcmcrle'],
  ['dcmcrle', '+fs', '100'],
  ['dcmcjpeg', '+e1'],
  ['dcmcjpeg', '+e1', '+fs', '100', '-ot'],
  ...['1', '2', '3', '4', '5', '6', '7'].map((sv): [string, ...string[]] => ['dcmcjpeg', '+el', '+sv', sv]),
  ['dcmcjpls', '+el'],
  ['dcmcjpls', '+el', '+fs', '50'],
  ['gdcmconv', '--raw'],
  ['gdcmconv', '--implicit'],
  ['gdcmconv', '--deflated'],
  ['gdcmconv', '--rle'],
  ['gdcmconv', '--jpeg'],
  ['gdcmconv', '--jpegls'],
  ['gdcmconv', '--j2k'],
  ['gdcmconv', '--j2k', '--tile', '512,512'],
]

/** Worst error in 1/1023: near-lossless keeps its bound, JPEG 2000 at 10 : 1 has none of its own. */
const nearly: [worst: number, tool: string, ...options: string[]][] = [
  [2, 'dcmcjpls', '+en', '+md', '2'],
  [3, 'gdcmconv', '--jpegls', '--lossy', '-e', '3'],
  [16, 'gdcmconv', '--j2k', '--lossy', '-r', '10'],
]

/** dcmtk moves values to the full range of 8 or 12 bits before it loses some. */
const scaled: string[][] = [['+eb'], ['+eb', '+q', '60'], ['+ee'], ['+es'], ['+ep'], ['+eb', '+Wm']]

describe('what dcmtk and gdcm make of the real hip', { skip: withoutTools }, () => {
  const input = samplePath('hip-dicom', 'RG2_UNC.dcm')
  for (const [tool, ...options] of lossless)
    test(`${tool} ${options.join(' ')}: every value, in the de-identified copy too`, async (t) => {
      const bytes = await convert(t, tool, options, input)
      assert.equal((await decoded(bytes)).pixelHash, hipHash)
      assert.equal((await decoded(await copyOf(bytes))).pixelHash, hipHash)
    })

  for (const [worst, tool, ...options] of nearly)
    test(`${tool} ${options.join(' ')}: within ${worst}`, async (t) => {
      const difference = differenceOf(await decoded(await convert(t, tool, options, input)), await hip('UNC'))
      assert.ok(difference.worst <= worst, JSON.stringify(difference))
    })

  for (const options of scaled)
    test(`dcmcjpeg ${options.join(' ')}: the same film on another scale`, async (t) => {
      const bytes = await convert(t, 'dcmcjpeg', options, input)
      const r = correlationOf(await decoded(bytes), await hip('UNC'))
      assert.equal((await decoded(await copyOf(bytes))).pixelHash, (await decoded(bytes)).pixelHash)
      assert.ok(r > 0.999, String(r))
    })

  test('dcmdjpeg reads the same values from a lossy film', { skip: !has('dcmdjpeg') }, async (t) => {
    const coded = samplePath('hip-dicom', 'RG2_JPLY.dcm')
    assert.equal(
      (await decoded(await convert(t, 'dcmdjpeg', [], coded))).pixelHash,
      (await hip('JPLY')).pixelHash,
    )
  })

  test('gdcm writes DCT of 16 bits, which is no JPEG: refused, not guessed', async (t) => {
    const bytes = await convert(t, 'gdcmconv', ['--jpeg', '--lossy', '-q', '90'], input)
    assert.equal(await refusalOf(bytes), 'ENCODING_UNSUPPORTED')
  })
})

describe('what dcmtk and gdcm make of signed values', { skip: withoutTools }, () => {
  const pixels = Int16Array.from({ length: 37 * 41 }, (_, index) => ((index * 37) % 4096) - 2048)
  const tools: [string, ...string[]][] = [
    ['dcmconv', '+tb'],
    ['dcmcrle'],
    ['dcmcjpeg', '+e1'],
    ['dcmcjpls', '+el'],
    ['gdcmconv', '--j2k'],
    ['gdcmconv', '--jpegls'],
  ]
  for (const [tool, ...options] of tools)
    test(`${tool} ${options.join(' ')}`, async (t) => {
      const input = join(await tempDir(t), 'signed.dcm')
      writeFileSync(input, film({ pixels, photometric: 'MONOCHROME1' }))
      const { stored, header } = await decoded(await convert(t, tool, options, input))
      assert.equal(header.photometric, 'MONOCHROME1')
      assert.deepEqual(stored, pixels)
    })
})
