import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { writeDicomFilm } from '../../src/imaging/dicom/write-dicom-film.ts'
import { gateFilm } from '../../src/producers/gate-film.ts'
import { createThreadGate } from '../../src/producers/gate-in-thread.ts'
import { seededSiteKeys } from '../../src/producers/site-keys.ts'
import { silentLogger as logger } from '../../src/runtime/logger.ts'
import { codestreamOf, codings } from '../imaging/codings.ts'
import { filmSpec } from '../imaging/films.ts'

const keys = seededSiteKeys({ siteId: 'lisbon', seed: 'test' })
const size = { rows: 200, columns: 180 }

const plain = writeDicomFilm(filmSpec(size))
const coded = (() => {
  const coding = codings.find(({ name }) => name === 'JPEG 2000')
  assert.ok(coding !== undefined)
  const spec = filmSpec(size)
  const stream = codestreamOf(spec.pixels, 12, coding.encode, [size.rows, size.columns])
  const { transferSyntaxUid } = coding
  return writeDicomFilm({ ...spec, coded: { transferSyntaxUid, fragments: [stream] } })
})()

const open = (t: TestContext, limitMs?: number) => {
  const gate = createThreadGate({ logger, ...(limitMs === undefined ? {} : { limitMs }) })
  t.after(gate.stop)
  return gate
}

describe('gate-in-thread', () => {
  test('a thread says of a film what the gate says', async (t) => {
    const { gate } = open(t)
    for (const bytes of [plain, coded, coded.slice(0, -40), Buffer.from('no film')])
      assert.deepEqual(await gate(bytes, keys), await gateFilm(bytes, keys))
  })

  test('a film that keeps the decoder busy is refused, and the next one goes on', async (t) => {
    const { gate } = open(t, 1)
    const [hanging, next] = await Promise.all([gate(coded, keys), gate(plain, keys)])
    assert.ok(hanging.kind === 'refused' && hanging.refusal === 'DECODE_TIMEOUT')
    assert.equal(hanging.identity.sopInstanceUid, filmSpec().sopInstanceUid)
    assert.equal(next.kind, 'passed')
  })

  test('it stops without a film, and where it was stopped no film is taken', async () => {
    const { gate, stop } = createThreadGate({ logger })
    await stop()
    await assert.rejects(async () => gate(coded, keys), /stopped/)
  })
})
