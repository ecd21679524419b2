import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { deidentifyFilm } from '../../../src/imaging/deidentify/deidentify-film.ts'
import { toGreyscale } from '../../../src/imaging/picture/grey-film.ts'
import { readFilmHeader } from '../../../src/imaging/read-film-header.ts'
import { greysOf } from '../../support/greys.ts'
import { decoded, headerOf } from '../films.ts'
import { oddFilms } from '../oracles/odd-films.ts'

const answer = z.object({
  pixels: z.string().optional(),
  tone: z.string().optional(),
  error: z.string().optional(),
})
const recorded = z.object({ films: z.record(z.string(), z.object({ pydicom: answer, gdcm: answer })) })
// Recorded by test/imaging/oracles/record-odd-films.ts.
const { films } = recorded.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'oracles', 'odd-films.json'), 'utf8')),
)

const sha256 = (values: Uint16Array | Int16Array | Uint8Array): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex')

/** Both readers refuse what a modality should have written in capitals; a person reads it. */
const readByUs = ['photometric interpretation in lower case']

const copyOf = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const outcome = await deidentifyFilm(bytes, headerOf(bytes), { replacementUid: () => '2.25.1' })
  assert.ok(outcome.kind === 'ok', JSON.stringify(outcome))
  return outcome.value
}

describe('odd films are read as pydicom and GDCM read them, and else refused with what is wrong', () => {
  const odd = oddFilms()
  test('all of them are recorded', () =>
    assert.deepEqual(Object.keys(films).toSorted(), Object.keys(odd).toSorted()))

  for (const [name, bytes] of Object.entries(odd)) {
    const { pydicom, gdcm } = films[name] ?? {}
    const expected = pydicom?.pixels ?? gdcm?.pixels
    const isRead =
      readByUs.includes(name) || pydicom?.pixels !== undefined || name === 'no photometric interpretation'
    test(`${name}: ${isRead ? 'read' : 'refused'}`, async () => {
      const header = readFilmHeader(bytes)
      if (!isRead) {
        assert.ok(header.kind === 'failed' && header.code === 'FILE_CORRUPT')
        assert.match(header.detail, /\(2001,0010\) has no delimiter/)
        return
      }
      const film = await decoded(bytes)
      const stored = film.header.bitsAllocated === 8 ? Uint8Array.from(film.stored) : film.stored
      if (expected !== undefined) assert.equal(sha256(stored), expected)
      const copy = await decoded(await copyOf(bytes))
      assert.deepEqual(copy.stored, film.stored)
      if (pydicom?.tone === undefined) return
      assert.equal(sha256(greysOf(toGreyscale(film))), pydicom.tone)
      assert.equal(sha256(greysOf(toGreyscale(copy))), pydicom.tone)
    })
  }
})
