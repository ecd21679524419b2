import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { applyBasicProfile, profileActionOf } from '../../../src/imaging/deidentify/basic-profile.ts'
import { deidentifyFilm } from '../../../src/imaging/deidentify/deidentify-film.ts'
import { basicProfilePath, basicProfileText } from '../../../src/imaging/deidentify/generate-basic-profile.ts'
import { type DicomElements, readElements, readFirstItem } from '../../../src/imaging/dicom/read-elements.ts'
import { film, headerOf, samplePath, withoutSamples } from '../films.ts'

const form = { explicit: true, littleEndian: true }

const elementsOf = (bytes: Uint8Array): DicomElements =>
  readElements(bytes, 144 + Buffer.from(bytes).readUInt32LE(140), form)

const copy = async (): Promise<Uint8Array> => {
  const bytes = film({
    acquisition: {
      modality: 'DX',
      intent: 'FOR PRESENTATION',
      maker: 'Siemens',
      model: 'Ysio Max',
      kvp: 70,
      bodyPart: 'HIP',
    },
  })
  const outcome = await deidentifyFilm(bytes, headerOf(bytes), {
    replacementUid: (uid) => `2.25.${uid.length}`,
  })
  assert.ok(outcome.kind === 'ok')
  return outcome.value
}

describe('the basic profile of PS3.15', () => {
  test('the data file is made of the rows of the table', { skip: withoutSamples('ps315') }, () => {
    const rows = readFileSync(samplePath('ps315', 'confidentiality_profile_attributes.rev2024b.json'), 'utf8')
    assert.equal(readFileSync(basicProfilePath, 'utf8'), basicProfileText(rows))
  })

  test('what it says of attributes, of repeating groups too', () => {
    assert.deepEqual(profileActionOf(0x00100010), { basic: 'Z', keeps: false })
    assert.deepEqual(profileActionOf(0x00101010), { basic: 'X', keeps: true })
    assert.deepEqual(profileActionOf(0x50120022), { basic: 'X', keeps: false })
    assert.deepEqual(profileActionOf(0x60104000), { basic: 'X', keeps: false })
    assert.equal(profileActionOf(0x00280010), undefined)
  })

  test('has the last word, at every depth and over private attributes', () => {
    const marked = applyBasicProfile([
      [0x00081030, 'LO', 'description'],
      [0x00100010, 'PN', 'name'],
      [0x00101010, 'AS', '065Y'],
      [0x00091001, 'LO', 'private'],
      [
        0x00283010,
        'SQ',
        [
          {
            item: [
              [0x00104000, 'LT', 'comment'],
              [0x00283002, 'US', 1],
            ],
          },
        ],
      ],
      [0x60003000, 'OW', Uint8Array.of(1, 2)],
    ])
    assert.deepEqual(marked, [
      [0x00100010, 'PN', ''],
      [0x00101010, 'AS', '065Y'],
      [0x00283010, 'SQ', [{ item: [[0x00283002, 'US', 1]] }]],
    ])
  })

  test('a copy holds no attribute that the table removes, and none that it empties with a value', async () => {
    const elements = elementsOf(await copy())
    assert.ok(elements.size > 30)
    for (const [tag, { length }] of elements) {
      const action = profileActionOf(tag)
      if (action === undefined || action.keeps || action.basic === 'U') continue
      assert.ok(!action.basic.startsWith('X') && length === 0, tag.toString(16))
    }
  })

  test('a copy says how it was de-identified, with the codes of the profile and its option', async () => {
    const bytes = await copy()
    const elements = elementsOf(bytes)
    const textOf = (tag: number): string => {
      const place = elements.get(tag)
      return place === undefined
        ? ''
        : Buffer.from(bytes.subarray(place.offset, place.offset + place.length)).toString('latin1')
    }
    assert.equal(textOf(0x00120062).trim(), 'YES')
    assert.match(textOf(0x00120063), /PS3\.15 Basic Profile/)
    assert.match(textOf(0x00120064), /113100.*DCM.*113108/s)
    assert.match(textOf(0x00280303), /REMOVED/)
    const methods = elements.get(0x00120064)
    assert.ok(methods !== undefined && readFirstItem(bytes, methods, form)?.elements.size === 3)
  })
})
