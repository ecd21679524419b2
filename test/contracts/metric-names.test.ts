import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { metrics } from '../../src/contracts/metric-names.ts'

const source = resolve(import.meta.dirname, '..', '..', 'src')
const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('metric-names.ts'))
  .map((name) => readFileSync(join(source, name), 'utf8'))

/** What the source measures, by name; some gauges of one kind stand in a table. */
const measured = (): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const text of texts) {
    for (const [, kind = '', name = ''] of text.matchAll(
      /\.create(Counter|ObservableGauge)\(\s*'([a-z_]+)'/g,
    ))
      found.set(name, kind === 'Counter' ? 'counter' : 'gauge')
    if (/createObservableGauge\(name\)/.test(text))
      for (const [, name = ''] of text.matchAll(/\[\s*'([a-z]+_[a-z_]+)', \(/g)) found.set(name, 'gauge')
  }
  return found
}

describe('the names of metrics', () => {
  test('are those that the source measures, and what it measures is declared', () => {
    const declared = Object.entries(metrics).map(([name, { kind }]) => [name, kind])
    assert.deepEqual(Object.fromEntries(measured()), Object.fromEntries(declared))
  })

  test('begin with a room, and counters end as Prometheus wants them', () => {
    for (const [name, { kind }] of Object.entries(metrics)) {
      assert.match(name, /^(?:producers|gateway|consumers|inference|analytics|runtime)_/)
      assert.equal(name.endsWith('_total'), kind === 'counter', name)
    }
  })
})
