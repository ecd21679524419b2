import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { decodeFilm } from '../../../src/imaging/decode-film.ts'
import { greyAt, toGreyscale } from '../../../src/imaging/picture/grey-film.ts'
import { readFilmHeader } from '../../../src/imaging/read-film-header.ts'
import { SetupError } from '../../../src/runtime/errors.ts'
import { drawSetFilm } from '../../../src/simulation/film-set/draw-set-film.ts'
import { type WriteFilmSetOptions, writeFilmSet } from '../../../src/simulation/film-set/write-film-set.ts'
import { greyOf } from '../../../src/simulation/films/picture-of.ts'
import { greysOf } from '../../support/greys.ts'
import { tempDir } from '../../support/temp-dir.ts'

const optionsFor = (folder: string, changes: Partial<WriteFilmSetOptions> = {}): WriteFilmSetOptions => ({
  folder,
  films: 12,
  world: 'external',
  seed: 5,
  filmSize: 128,
  format: 'dicom',
  contactSheet: false,
  onProgress: () => undefined,
  ...changes,
})

const linesOf = async (folder: string, file: string): Promise<string[]> =>
  (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n')

const digestOf = async (folder: string): Promise<string> => {
  const hash = createHash('sha256')
  for (const file of (await readdir(folder)).toSorted())
    hash.update(file).update(await readFile(join(folder, file)))
  return hash.digest('hex')
}

const truthSchema = z.object({
  file: z.string(),
  spacingAtBoneMm: z.number().positive(),
  hips: z.array(
    z.object({
      side: z.enum(['left', 'right']),
      tScore: z.number(),
      visibleT: z.number(),
      condition: z.string(),
      hasImplant: z.boolean(),
      landmarks: z.object({ head: z.object({ x: z.number(), y: z.number() }), headRadius: z.number() }),
    }),
  ),
})
const faultSchema = z.object({ file: z.string(), fault: z.string().nullable() })
const unlabelled = /fracture|prosthesis|screws/

describe('a set of films', () => {
  test('the same seed gives the same folder byte for byte, another seed another', async (t) => {
    const folders = [await tempDir(t), await tempDir(t), await tempDir(t)] as const
    const [first, second, third] = folders
    await writeFilmSet(optionsFor(first, { films: 3, contactSheet: true }))
    await writeFilmSet(optionsFor(second, { films: 3, contactSheet: true }))
    await writeFilmSet(optionsFor(third, { films: 3, contactSheet: true, seed: 6 }))
    assert.equal(await digestOf(first), await digestOf(second))
    assert.notEqual(await digestOf(first), await digestOf(third))
    assert.ok((await readdir(first)).includes('contact-sheet.png'))
  })

  test('a share of films has a fault, which the truth names; the others are the same bytes', async (t) => {
    const [sound, faulty] = [await tempDir(t), await tempDir(t)]
    await writeFilmSet(optionsFor(sound, { films: 16 }))
    await writeFilmSet(optionsFor(faulty, { films: 16, faultShare: 0.4 }))
    const truths = (await linesOf(faulty, 'truth.jsonl')).map((line) => faultSchema.parse(JSON.parse(line)))
    const withFault = truths.filter(({ fault }) => fault !== null)
    assert.ok(withFault.length >= 3 && withFault.length <= 10, `${withFault.length} of 16`)
    for (const { file, fault } of truths) {
      const [one, other] = [await readFile(join(sound, file)), await readFile(join(faulty, file))]
      assert.equal(Buffer.compare(one, other) === 0, fault === null, `${file}: ${fault}`)
    }
  })

  test('labels have a line for each hip that a reference test can be made of, and the class of its T', async (t) => {
    const folder = await tempDir(t)
    const report = await writeFilmSet(optionsFor(folder, { films: 40 }))
    const [header, ...rows] = await linesOf(folder, 'labels.csv')
    assert.equal(header, 'file,person,side,tScore,class,age,sex,clinic,simulatedErrorSd,simulatedClinicSd')
    assert.ok(
      rows.every((row) => row.endsWith(',0.3,0.15')),
      'what the films hide of T',
    )
    const truths = (await linesOf(folder, 'truth.jsonl')).map((line) => truthSchema.parse(JSON.parse(line)))
    const hips = truths.flatMap(({ file, hips: all }) => all.map((hip) => ({ file, ...hip })))
    const readable = hips.filter(({ condition }) => !unlabelled.test(condition))
    assert.deepEqual(
      rows.map((row) => row.split(',').filter((_, index) => [0, 2, 3].includes(index))),
      readable.map(({ file, side, tScore }) => [file, side === 'left' ? 'L' : 'R', tScore.toFixed(3)]),
    )
    for (const row of rows) {
      const [, , , tScore, name] = row.split(',')
      const expected = Number(tScore) <= -2.5 ? 'osteoporosis' : Number(tScore) < -1 ? 'osteopenia' : 'normal'
      assert.equal(name, expected, row)
    }
    assert.equal(report.hips, hips.length)
    assert.equal(report.withoutLabel, hips.length - readable.length)
    assert.ok(report.withoutLabel > 0, 'some hips have implants or fractures')
  })

  test('DICOM and PNG decode to the film that was drawn, and the header says whose it is', async (t) => {
    for (const format of ['dicom', 'png'] as const) {
      const folder = await tempDir(t)
      await writeFilmSet(optionsFor(folder, { films: 2, format }))
      const [, row = ''] = await linesOf(folder, 'labels.csv')
      const [file = '', , , , , age] = row.split(',')
      const bytes = await readFile(join(folder, file))
      const header = readFilmHeader(bytes)
      assert.ok(header.kind === 'ok', JSON.stringify(header))
      const decoded = await decodeFilm(bytes, header.value)
      assert.ok(decoded.kind === 'ok')
      const seen = toGreyscale(decoded.value)
      const drawn = greyOf(drawSetFilm(optionsFor(folder), Number(file.slice(5, 10)) - 1).film)
      assert.deepEqual([seen.rows, seen.columns], [drawn.rows, drawn.columns])
      assert.ok(
        greysOf(seen).every((value, index) => Math.abs(value - greyAt(drawn, index)) <= 66),
        format,
      )
      if (format === 'dicom') assert.ok(bytes.includes(`${age?.padStart(3, '0')}Y`))
    }
  })

  test('a folder that holds something is refused with what to do', async (t) => {
    const folder = await tempDir(t)
    await writeFilmSet(optionsFor(folder, { films: 1 }))
    await assert.rejects(
      writeFilmSet(optionsFor(folder)),
      (error) => error instanceof SetupError && error.code === 'OUTPUT_NOT_EMPTY',
    )
  })
})
