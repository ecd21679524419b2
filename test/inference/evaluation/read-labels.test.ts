import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { findFilms } from '../../../src/inference/evaluation/find-films.ts'
import {
  readLabels,
  refuseMissingClass,
  refuseSharedPersons,
} from '../../../src/inference/evaluation/read-labels.ts'
import { SetupError } from '../../../src/runtime/errors.ts'
import { tempDir } from '../../support/temp-dir.ts'

const header = 'file,person,side,tScore,class,age,sex,clinic'

const folderWith = async (t: Parameters<typeof tempDir>[0], rows: readonly string[], head = header) => {
  const folder = await tempDir(t)
  await writeFile(join(folder, 'labels.csv'), [head, ...rows, ''].join('\n'))
  return folder
}

const refusal = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof SetupError)
  assert.equal(error.code, code)
  assert.match(error.message, message)
  return true
}

describe('labels of a folder', () => {
  test('are read with quotes, absent values and further columns', async (t) => {
    const rows = [
      'a.dcm,p1,L,-2.5,,71,F,north,"x, ""y"""',
      'a.dcm,p1,R,-1.0,,71,F,north,',
      'b.png,p2,,,osteopenia,,,,',
    ]
    const folder = await folderWith(t, rows, `\uFEFF${header},note`)
    assert.deepEqual(await readLabels(folder), [
      {
        file: 'a.dcm',
        person: 'p1',
        side: 'left',
        tScore: -2.5,
        densityClass: 'osteoporosis',
        age: 71,
        sex: 'F',
        clinic: 'north',
      },
      {
        file: 'a.dcm',
        person: 'p1',
        side: 'right',
        tScore: -1,
        densityClass: 'normal',
        age: 71,
        sex: 'F',
        clinic: 'north',
      },
      { file: 'b.png', person: 'p2', densityClass: 'osteopenia' },
    ])
  })

  test('are refused with the line at fault', async (t) => {
    const faults: [row: string, message: RegExp][] = [
      ['a.dcm,p1,L,,,71,F,', /line 2: neither tScore nor class/],
      [
        'a.dcm,p1,L,-2.7,osteopenia,71,F,',
        /line 2: class osteopenia at a T-score of -2.7, which is osteoporosis/,
      ],
      ['a.dcm,p1,links,-2.7,,71,F,', /line 2: side/],
      ['a.dcm,p1,L,low,,71,F,', /line 2: tScore/],
      ['a.dcm,,L,-1,,71,F,', /line 2: person/],
      ['../a.dcm,p1,L,-1,,71,F,', /line 2: file: must lie within the folder/],
      ['a.dcm,p1,L,-1', /line 2: 4 cells, the header has 8/],
      ['a.dcm,"p1,L,-1,,71,F,', /line 2: a quote/],
    ]
    for (const [row, message] of faults) {
      const folder = await folderWith(t, [row])
      await assert.rejects(readLabels(folder), refusal('LABELS_UNUSABLE', message))
    }
  })

  test('of one film must name one person and different sides', async (t) => {
    const twice = await folderWith(t, ['a.dcm,p1,L,-1,,,,', 'a.dcm,p1,L,-2,,,,'])
    await assert.rejects(readLabels(twice), refusal('LABELS_UNUSABLE', /do not name different sides/))
    const two = await folderWith(t, ['a.dcm,p1,L,-1,,,,', 'a.dcm,p2,R,-2,,,,'])
    await assert.rejects(readLabels(two), refusal('LABELS_UNUSABLE', /two persons/))
  })

  test('without films are refused, films without labels are listed', async (t) => {
    const folder = await folderWith(t, ['in/a.dcm,p1,L,-1,,,,'])
    await mkdir(join(folder, 'in'))
    await writeFile(join(folder, 'b.dcm'), 'x')
    const labels = await readLabels(folder)
    await assert.rejects(findFilms(folder, labels), refusal('FILM_MISSING', /first: in\/a\.dcm/))
    await writeFile(join(folder, 'in', 'a.dcm'), 'x')
    const found = await findFilms(folder, labels)
    assert.deepEqual(
      found.films.map(({ file, hips }) => [file, hips.length]),
      [['in/a.dcm', 1]],
    )
    assert.deepEqual(found.unlabelled, ['b.dcm'])
  })

  test('without a class, and with persons of another set, are refused', () => {
    const hip = (person: string, densityClass: 'normal' | 'osteopenia' | 'osteoporosis') => ({
      file: `${person}.dcm`,
      person,
      densityClass,
    })
    const set = [hip('p1', 'normal'), hip('p2', 'osteopenia')]
    assert.throws(
      () => refuseMissingClass(set, 'labels'),
      refusal('CLASS_MISSING', /no hip with osteoporosis among 2 labels/),
    )
    refuseMissingClass([...set, hip('p3', 'osteoporosis')], 'labels')
    assert.throws(
      () => refuseSharedPersons(set, [hip('p2', 'normal')], '/other'),
      refusal('PERSON_IN_BOTH_SETS', /1 persons.*p2.*\/other/),
    )
    refuseSharedPersons(set, [hip('p9', 'normal')], '/other')
  })
})
