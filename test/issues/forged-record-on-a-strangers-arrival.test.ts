import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FilmRecord } from '../../src/contracts/film-record.ts'
import { createFilmScreener } from '../../src/inference/pipeline/screen-film.ts'
import {
  clockLimits,
  directoryOf,
  engineKey,
  signedRecord,
  siteFor,
} from '../inference/pipeline/signed-film.ts'
import { quietTelemetry } from '../support/simulated-broker/quiet-telemetry.ts'

const never = () => assert.fail('nothing of an unverified record is read')

const screener = createFilmScreener({
  telemetry: quietTelemetry,
  sites: directoryOf(siteFor('lisbon')),
  engineKey,
  clockLimits,
  blobs: { get: never, put: never },
  pool: {
    run: never,
    runWhenFree: never,
    queued: never,
    up: never,
    heapBytes: never,
    size: 0,
    stop: async () => {},
  },
  schedule: { primaryAt: never, shadowsAt: never, finderAt: never, refresh: async () => {} },
  shelf: { find: never },
  finderAt: never,
  classify: never,
  now: () => new Date('2026-03-10T12:00:01.000Z'),
})

// Junk under `ce_attempt: 1000` was booked on the arrival that it claimed, and replaced its finding for ever.
test('a record whose signature fails is booked under its place, whatever arrival and attempt it claims', async () => {
  const record = signedRecord()
  const forged: Record<string, string>[] = [
    { ce_attempt: '1000', ce_sitesig: `${'A'.repeat(86)}==` },
    { ce_sitesig: `${'A'.repeat(86)}==` },
    { ce_siteid: 'porto' },
    { ce_gaterefusal: 'UNDER_18', ce_contentsize: '0' },
  ]
  for (const headers of forged) {
    const given: FilmRecord = { ...record, headers: { ...record.headers, ...headers } }
    const verdict = await screener.screen(given)
    assert.ok(!verdict.attributed, JSON.stringify(headers))
    assert.equal(verdict.pointer, `hip.images.v1:${record.position.partition}:17`)
    assert.equal(verdict.attempt, 1)
    assert.ok(verdict.outcome.kind === 'deadLettered')
  }
})

// A site id that breaks its form was copied into a table as it came.
test('a header that is not in its form is not repeated', async () => {
  const record = signedRecord()
  const headers = { ...record.headers, ce_siteid: 'Miller, John 1950-01-01', ce_type: 'x'.repeat(90) }
  const verdict = await screener.screen({ ...record, headers })
  assert.ok(verdict.outcome.kind === 'deadLettered')
  assert.equal(verdict.outcome.headers['ce_siteid'], '(not in its form)')
  assert.equal(verdict.outcome.headers['ce_type'], '(not in its form)')
  assert.doesNotMatch(JSON.stringify(verdict), /Miller/)
})
