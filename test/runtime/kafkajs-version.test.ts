import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

test('kafkajs has the very version whose prototypes are changed: another one needs a new look at each change', async () => {
  const file = new URL('../../node_modules/kafkajs/package.json', import.meta.url)
  assert.equal(JSON.parse(await readFile(file, 'utf8')).version, '2.2.4')
})
