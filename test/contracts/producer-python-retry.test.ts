import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createSiteKeys, siteKeysFile } from '../../src/producers/site-keys.ts'
import { tempDir } from '../support/temp-dir.ts'
import { javaVectors } from './java-murmur2.ts'
import { lineSchema, receiptOf, runCode, skip } from './run-producer.ts'

/** Runs the example with a broker that writes down what it gets, and dies at the first receipt if told to. */
const harness = `
import json, os, sys
example, log, dies = sys.argv[1:4]
sys.path.insert(0, example)
import kafka_publisher, send_films
def connect(brokers):
    def publish(record):
        with open(log, "a") as file:
            file.write(json.dumps(send_films.line_of(record)) + "\\n")
        if dies == "yes" and record.topic == "hip.receipts.v1":
            os._exit(9)
        return kafka_publisher.stored_offset(41)
    return publish
kafka_publisher.connect_publisher = connect
sys.argv = ["send_films.py", *sys.argv[4:]]
send_films.main()
`

describe('the partitioner of the example producer in Python', { skip }, () => {
  test('its hashes are those of the Java client, for keys of any length', () => {
    const code = `
import json, sys
sys.path.insert(0, sys.argv[1])
from osteostream_contract import murmur2
print(json.dumps([murmur2(text.encode("utf-8")) for text in sys.argv[2:]]))
`
    const texts = javaVectors.map(([text]) => text)
    const { stdout, stderr } = runCode(code, ...texts)
    assert.equal(stderr, '')
    assert.deepEqual(
      JSON.parse(stdout),
      javaVectors.map(([, hash]) => hash >>> 0),
    )
  })
})

describe('the example producer in Python, when Kafka does not answer', { skip }, () => {
  test('an arrival that was not acknowledged keeps its id over a crash, and only until it is', async (t) => {
    const folder = await tempDir(t)
    await createSiteKeys({ dataDir: folder, siteId: 'lisbon-1' })
    await writeFile(join(folder, 'film.png'), 'x')
    const list = join(folder, 'films.json')
    await writeFile(
      list,
      JSON.stringify([{ file: 'film.png', contentType: 'image/png', deidentified: true }]),
    )
    const log = join(folder, 'log.jsonl')
    const pending = join(folder, 'pending')
    const keys = siteKeysFile(folder, 'lisbon-1')
    const flags = ['send', list, '--keys', keys, '--brokers', 'none:1', '--pending', pending]
    const start = (dies: 'yes' | 'no') => runCode(harness, log, dies, ...flags)
    assert.equal(start('yes').status, 9)
    assert.equal((await readdir(pending)).length, 1)
    const second = start('no')
    assert.equal(second.status, 0, second.stderr)
    assert.deepEqual(await readdir(pending), [])
    assert.equal(start('no').status, 0)
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n')
    const ids = lines.map((line) => lineSchema.parse(JSON.parse(line)).headers['ce_id'])
    assert.equal(ids.length, 6)
    assert.equal(new Set(ids.slice(0, 4)).size, 1, 'sent again after the crash: the same arrival')
    assert.equal(new Set(ids).size, 2, 'sent again after it was acknowledged: another arrival of the film')
    assert.equal(receiptOf(lineSchema.parse(JSON.parse(lines.at(-1) ?? ''))).image.offset, '41')
  })

  test('an acknowledgement without an offset is a failure', () => {
    const check = `
import sys
sys.path.insert(0, sys.argv[1])
from kafka_publisher import NotStored, stored_offset
assert stored_offset(0) == 0
for offset in (None, -1, -1001):
    try:
        stored_offset(offset)
    except NotStored:
        continue
    raise SystemExit(f"{offset} passed for an offset")
`
    const { status, stderr } = runCode(check)
    assert.equal(status, 0, stderr)
  })
})
