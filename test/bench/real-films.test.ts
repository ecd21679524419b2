import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { gapsOf } from '../../bench/film-gap/gap-table.ts'
import { measureView } from '../../bench/film-gap/measures.ts'
import { ageBandOf, type MeasuredFilm } from '../../bench/real-films/measure-film.ts'
import { filmsIn, readFilm, resized } from '../../bench/real-films/read-film.ts'
import { tableOf } from '../../bench/real-films/tables.ts'
import { isWanted, parseTruth } from '../../bench/real-films/truth.ts'
import { encodePng } from '../../src/imaging/codecs/sharp-codec.ts'
import { greyFilmOf } from '../../src/imaging/picture/grey-film.ts'
import { tempDir } from '../support/temp-dir.ts'

const table = [
  'name\ttruth\treadable\trepo\tage\tcols\trows',
  'one\tA\tRL\tx\t056\t20\t40',
  'two\tN\t-\tx\t\t\t',
  'three\tA\tone\tx\t\t\t',
  'four\tT\t-\tx\t012\t\t',
].join('\n')

describe('the measurement on real films', () => {
  test('reads the table of truths', () => {
    const [one, two, three, four] = parseTruth(table)
    assert.deepEqual(one, {
      name: 'one',
      truth: 'A',
      readable: ['right', 'left'],
      age: 56,
      columns: 20,
      rows: 40,
    })
    assert.deepEqual(two, { name: 'two', truth: 'N', readable: [] })
    assert.deepEqual(three?.readable, [])
    assert.deepEqual(
      [one, two, four].map((truth) => truth && isWanted(truth)),
      [true, false, undefined],
    )
    assert.throws(() => parseTruth('name\ttruth\na\tA'), /lacks the columns readable/)
    assert.deepEqual([12, 30, 67, 93, undefined].map(ageBandOf), ['0-17', '18-49', '65-69', '90+', undefined])
  })

  test('restores the shape of a squashed copy', async (t) => {
    const folder = await tempDir(t)
    await mkdir(join(folder, 'inner'))
    const values = Uint16Array.from({ length: 16 }, (_, index) => (index % 4) * 80)
    await writeFile(join(folder, 'inner', 'one.png'), await encodePng({ rows: 4, columns: 4, values }, 8))
    const path = (await filmsIn(folder)).get('one')
    assert.ok(path !== undefined)
    const read = await readFilm(path, { rows: 8, columns: 4 })
    assert.ok(read.kind === 'read')
    assert.deepEqual([read.film.rows, read.film.columns], [8, 4])
    const twice = resized(greyFilmOf(1, 2, Uint16Array.of(0, 100)), 1, 4)
    assert.deepEqual([...twice.words], [0, 25, 75, 100])
  })

  test('counts wrong refusals, acceptances and sides apart from films in doubt', () => {
    const [one, two, three, four] = parseTruth(table)
    assert.ok(one && two && three && four)
    const blank = { warnings: [], wrongSides: 0, view: 'accepted', hips: [] }
    const films: MeasuredFilm[] = [
      { ...blank, truth: one, warnings: [[], ['POOR_EXPOSURE']], wrongSides: 1 },
      { ...blank, truth: three, refusal: { reason: 'CUT_OFF', detail: 'every hip is cut off' } },
      { ...blank, truth: two, warnings: [[]] },
      { ...blank, truth: four, warnings: [[]] },
    ]
    const lines = tableOf(films).join('\n')
    assert.match(lines, /wrong refusals: 1 of 2 \(50\.0 %/)
    assert.match(lines, /reasons: CUT_OFF 1/)
    assert.match(lines, /accepted hips with a warning: 1 of 2/)
    assert.match(lines, /without any: 1 of 1/)
    assert.match(lines, /two \(N\)/)
  })
})

test('the gap between films is none where they are the same, and grows with what differs', () => {
  const film = (contrast: number, seed: number) =>
    greyFilmOf(
      200,
      160,
      Uint16Array.from({ length: 200 * 160 }, (_, at) => {
        const [row, column] = [Math.floor(at / 160), at % 160]
        return 20_000 + 100 * row + contrast * ((row * 7 + column * 13 + seed) % 5)
      }),
    )
  const some = (contrast: number) =>
    Array.from({ length: 6 }, (_, seed) => measureView(film(contrast + 40 * seed, seed)))
  const fine = (a: number, b: number) =>
    gapsOf(some(a), some(b)).find(({ name }) => name.startsWith('fine contrast'))
  assert.equal(fine(300, 300)?.distance, 0)
  assert.ok((fine(300, 1500)?.distance ?? 0) > 2 && fine(300, 1500)?.beyond === 1)
})
