import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createReadResult } from '../../src/consumers/read-result.ts'
import { createSiteRegister } from '../../src/consumers/site-directory.ts'
import { correctionsTopic, historyTopic, sitesTopic } from '../../src/contracts/topics.ts'
import { seededSiteKeys } from '../../src/producers/site-keys.ts'
import type { OutgoingRecord } from '../../src/runtime/kafka/types.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { withEngineMac, withSiteSignature } from '../../src/runtime/vouched-record.ts'
import { siteFor } from '../inference/pipeline/signed-film.ts'
import { hex } from '../support/results.ts'

const engineKey = Buffer.alloc(32, 7)
const keysOf = (siteId: string) => seededSiteKeys({ siteId, seed: 'pipeline' })
const read = createReadResult({
  engineKey,
  findKeys: (siteId, keyId) =>
    siteFor(siteId)
      .keys.filter((key) => key.keyId === keyId)
      .map(({ publicKey }) => publicKey),
  isSynthetic: (siteId) => siteId === 'lisbon',
})

const correction = (siteId = 'lisbon') => ({
  kind: 'erase',
  correctionId: '0b8f3a52-1c5d-4e6f-8a7b-9c0d1e2f3a4b',
  siteId,
  subjectKey: hex('ann'),
  who: 'steward',
  why: 'asked for',
  at: '2026-03-10T10:00:00.000Z',
})

const recordOf = (topic: { name: string; eventType: string }, data: object, key = 'k'): OutgoingRecord => ({
  key,
  value: Buffer.from(JSON.stringify(data)),
  headers: { ce_type: topic.eventType, ce_id: 'x', ce_time: '2026-03-10T10:00:00.000Z' },
})

const consumed = (topic: { name: string }, { key, value, headers }: OutgoingRecord) => ({
  topic: topic.name,
  partition: 0,
  offset: 5n,
  timestampMs: Date.parse('2026-03-10T10:00:01.000Z'),
  key,
  headers,
  value: value ?? new Uint8Array(0),
})

const codeOf = (topic: { name: string }, record: OutgoingRecord): string => {
  const result = read(consumed(topic, record))
  if (result.kind !== 'verdicts') return result.kind
  const { outcome } = result.data
  return outcome.kind === 'deadLettered' ? outcome.code : outcome.kind
}

describe('control records that the sink reads', () => {
  const signedBy = (siteId: string, record: OutgoingRecord) => {
    const { signing } = keysOf(siteId)
    return withSiteSignature({ siteId, ...signing }, correctionsTopic, record)
  }

  test('count with the MAC of the engine or the signature of their own site, and not without', () => {
    const plain = recordOf(correctionsTopic, correction())
    assert.equal(codeOf(correctionsTopic, plain), 'CONTROL_NOT_VOUCHED')
    assert.equal(codeOf(correctionsTopic, withEngineMac(engineKey, correctionsTopic, plain)), 'corrections')
    assert.equal(codeOf(correctionsTopic, signedBy('lisbon', plain)), 'corrections')
    assert.equal(
      codeOf(correctionsTopic, signedBy('porto', plain)),
      'CONTROL_NOT_VOUCHED',
      'for another clinic',
    )
  })

  test('what was vouched for cannot be changed, nor moved to another topic or key', () => {
    const record = withEngineMac(engineKey, correctionsTopic, recordOf(correctionsTopic, correction()))
    const changed = Buffer.from(JSON.stringify(correction('porto')))
    assert.equal(codeOf(correctionsTopic, { ...record, value: changed }), 'CONTROL_NOT_VOUCHED')
    assert.equal(codeOf(correctionsTopic, { ...record, key: 'other' }), 'CONTROL_NOT_VOUCHED')
    assert.equal(codeOf(historyTopic, record), 'CONTROL_NOT_VOUCHED')
    const other = withEngineMac(
      Buffer.alloc(32, 1),
      correctionsTopic,
      recordOf(correctionsTopic, correction()),
    )
    assert.equal(codeOf(correctionsTopic, other), 'CONTROL_NOT_VOUCHED')
  })

  test('drawn people are refused at a site with real ones', () => {
    const drawn = (siteId: string) =>
      withEngineMac(
        engineKey,
        historyTopic,
        recordOf(historyTopic, {
          historyId: '0b8f3a52-1c5d-4e6f-8a7b-9c0d1e2f3a4b',
          siteId,
          subjectKey: hex('drawn'),
          receivedAt: '2026-03-10T10:00:00.000Z',
          attributes: {},
          outcome: { kind: 'rejected', reason: 'CUT_OFF' },
        }),
      )
    assert.equal(codeOf(historyTopic, drawn('lisbon')), 'history')
    assert.equal(codeOf(historyTopic, drawn('boston')), 'EVENT_SCHEMA_INVALID')
  })
})

describe('the site registry', () => {
  const entry = (time: string, more: object = {}) => {
    const site = siteFor('lisbon', more)
    const record = recordOf(sitesTopic, site, `lisbon@${site.validFrom}`)
    const timed = { ...record, headers: { ...record.headers, ce_time: time } }
    return consumed(sitesTopic, withEngineMac(engineKey, sitesTopic, timed))
  }
  const at = '2026-03-10T10:00:00.000Z'

  test('an old entry that somebody sends again undoes no revocation', () => {
    const register = createSiteRegister({ logger: silentLogger, engineKey })
    const old = entry('2026-01-01T00:00:00.000Z')
    register.apply(old)
    const revoked = siteFor('lisbon').keys.map((key) => ({ ...key, revokedAt: '2026-02-01T00:00:00.000Z' }))
    register.apply(entry('2026-02-01T00:00:00.000Z', { keys: revoked }))
    register.apply(old)
    assert.equal(register.find('lisbon', at)?.keys[0]?.revokedAt, '2026-02-01T00:00:00.000Z')
  })

  test('an entry without the MAC, or under the key of another, is none', () => {
    const register = createSiteRegister({ logger: silentLogger, engineKey })
    const { headers, ...record } = entry('2026-01-01T00:00:00.000Z')
    const { ce_enginemac: _mac, ...bare } = headers
    register.apply({ ...record, headers: bare })
    assert.equal(register.find('lisbon', at), undefined)
    const site = siteFor('lisbon')
    const stolen = recordOf(sitesTopic, site, `porto@${site.validFrom}`)
    register.apply(consumed(sitesTopic, withEngineMac(engineKey, sitesTopic, stolen)))
    assert.equal(register.find('porto', at), undefined)
  })
})
