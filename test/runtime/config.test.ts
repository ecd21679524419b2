import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings, variableOf } from '../../src/runtime/config.ts'
import { SetupError } from '../../src/runtime/errors.ts'

const refused = (environment: Record<string, string>): SetupError => {
  try {
    readSettings({}, environment)
  } catch (error) {
    assert.ok(error instanceof SetupError)
    return error
  }
  throw new assert.AssertionError({ message: 'the settings were accepted' })
}

test('a wrong value is refused with the name of its variable', () => {
  const error = refused({ OSTEOSTREAM_METRICS_PORT: 'ninety' })
  assert.equal(error.code, 'SETTING_INVALID')
  assert.match(error.message, /OSTEOSTREAM_METRICS_PORT/)
  assert.match(
    refused({ OSTEOSTREAM_KAFKA_BROKERS: 'localhost' }).message,
    /OSTEOSTREAM_KAFKA_BROKERS.*host:port/,
  )
})

test('what no machine can do is refused, with what it takes', () => {
  for (const [name, value] of [
    ['OSTEOSTREAM_SCREENING_WORKERS', '100000'],
    ['OSTEOSTREAM_GRACE_PERIOD_S', '99999999999'],
    ['OSTEOSTREAM_BYTES_IN_FLIGHT', '99999999999999'],
    ['OSTEOSTREAM_SESSION_TIMEOUT_MS', '99999999999'],
    ['OSTEOSTREAM_KAFKA_REPLICATION_FACTOR', '1000'],
    ['OSTEOSTREAM_FILM_STORE_DAYS', '99999999'],
    ['OSTEOSTREAM_STUCK_RECORD_S', '99999999'],
    ['OSTEOSTREAM_STALL_LIMIT_S', '1'],
  ] as const)
    assert.match(refused({ [name]: value }).message, new RegExp(`^${name} must be \\d+ to \\d+`))
})

test('a misspelt variable is refused, because it would silently do nothing', () => {
  assert.match(
    refused({ OSTEOSTREAM_KAFKA_BROKER: 'a:1' }).message,
    /OSTEOSTREAM_KAFKA_BROKER is not a setting/,
  )
})

test('the command line goes before the environment', () => {
  const settings = readSettings(
    { dataDir: '/a' },
    { OSTEOSTREAM_DATA_DIR: '/b', OSTEOSTREAM_KAFKA_BROKERS: 'a:1, b:2' },
  )
  assert.equal(settings.dataDir, '/a')
  assert.deepEqual(settings.kafkaBrokers, ['a:1', 'b:2'])
  assert.equal(variableOf('clickhouseUrl'), 'OSTEOSTREAM_CLICKHOUSE_URL')
})
