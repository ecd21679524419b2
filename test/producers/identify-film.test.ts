import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  eventIdOf,
  identifyFilm,
  linkKeyOf,
  replacementUidOf,
  subjectKeyOf,
} from '../../src/producers/identify-film.ts'
import { seededSiteKeys } from '../../src/producers/site-keys.ts'

const keys = { ...seededSiteKeys({ siteId: 'lisbon', seed: 1 }), programmeKey: Buffer.alloc(32, 9) }
const sha256 = 'c'.repeat(64)
const uid = '1.2.840.113619.2.55.3.1'

describe('identifying a film', () => {
  test('the event id is an HMAC over the SOP Instance UID, length first, under the identity key', () => {
    const part = (text: string) => {
      const bytes = Buffer.from(text)
      return Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
    }
    const expected = createHmac('sha256', keys.identityKey)
      .update(Buffer.concat([part('sop-instance'), part(uid)]))
      .digest('hex')
    assert.equal(eventIdOf(keys, { sopInstanceUid: uid, sha256 }), expected)
    assert.equal(
      eventIdOf(keys, { sopInstanceUid: `${uid}\0`, sha256 }),
      expected,
      'padding is no difference',
    )
  })

  test('without a UID the file names itself, and never like a UID would', () => {
    const byContent = eventIdOf(keys, { sha256 })
    assert.equal(eventIdOf(keys, { sopInstanceUid: ' ', sha256 }), byContent)
    assert.notEqual(eventIdOf(keys, { sha256: 'd'.repeat(64) }), byContent)
    assert.notEqual(eventIdOf(keys, { sopInstanceUid: sha256, sha256 }), byContent)
  })

  test('people are told apart by issuer and id together', () => {
    const all = [
      subjectKeyOf(keys, 'A', 'B1'),
      subjectKeyOf(keys, 'AB', '1'),
      subjectKeyOf(keys, undefined, 'AB1'),
      subjectKeyOf({ ...keys, subjectKey: Buffer.alloc(32) }, 'A', 'B1'),
    ]
    assert.equal(new Set(all).size, all.length)
    assert.equal(subjectKeyOf(keys, undefined, 'AB1 '), all[2])
  })

  test('films without a patient id never merge, and a film sent twice stays one', () => {
    const one = identifyFilm(keys, { sopInstanceUid: '1.1', patientId: '  ' }, sha256)
    const other = identifyFilm(keys, { sopInstanceUid: '1.2' }, sha256)
    assert.notEqual(one.subjectKey, other.subjectKey)
    assert.deepEqual(identifyFilm(keys, { sopInstanceUid: '1.1' }, 'e'.repeat(64)), one)
    assert.notEqual(one.subjectKey, one.eventId)
  })

  test('a link key needs a national id and a programme', () => {
    const { programmeKey, ...alone } = keys
    assert.equal(identifyFilm(keys, { nationalId: '42' }, sha256).linkKey, linkKeyOf(programmeKey, '42'))
    assert.equal('linkKey' in identifyFilm(alone, { nationalId: '42' }, sha256), false)
    assert.equal('linkKey' in identifyFilm(keys, { patientId: '42' }, sha256), false)
  })

  test('a replacement UID is a valid one, repeats, and is not the first', () => {
    const replaced = replacementUidOf(keys, uid)
    assert.match(replaced, /^2\.25\.(0|[1-9]\d{0,38})$/)
    assert.equal(replacementUidOf(keys, `${uid}\0`), replaced)
    assert.notEqual(replacementUidOf(keys, `${uid}.1`), replaced)
  })
})
