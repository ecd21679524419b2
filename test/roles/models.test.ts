import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { createActivationHistory } from '../../src/consumers/model-schedule.ts'
import { modelsTopic } from '../../src/contracts/topics.ts'
import { choosePackage } from '../../src/inference/choose-package.ts'
import { classifierManifestSchema, identityOf } from '../../src/inference/model-manifest.ts'
import { openModelPackage } from '../../src/inference/model-package.ts'
import { activateModel } from '../../src/roles/activate-model.ts'
import { SetupError } from '../../src/runtime/errors.ts'
import type { OutgoingRecord } from '../../src/runtime/kafka/types.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { tempDir } from '../support/temp-dir.ts'

const root = resolve(import.meta.dirname, '..', '..')
const shipped = join(root, 'models')
const opened = await openModelPackage(join(shipped, 'first-vit', '1.0.0'))
const manifest = classifierManifestSchema.parse(opened.manifest)

const osteostream = async (modelsDir: string, ...args: readonly string[]) => {
  const env = { ...process.env, OSTEOSTREAM_MODELS_DIR: modelsDir }
  const run = promisify(execFile)(process.execPath, [join(root, 'src', 'cli.ts'), ...args], { env })
  const { stdout, code } = await run.then(
    (done) => ({ stdout: done.stdout, code: 0 }),
    (error: { stdout: string; code: number }) => error,
  )
  return { lines: stdout.trim().split('\n'), code }
}

describe('models', () => {
  test('lists what is there and what is broken, and verifies by digest and by a run', async (t) => {
    const models = await tempDir(t)
    await cp(shipped, models, { recursive: true })
    await cp(join(shipped, 'first-vit', '1.0.0'), join(models, 'torn', '1.0.0'), { recursive: true })
    await appendFile(join(models, 'torn', '1.0.0', 'model.onnx'), 'x')
    await cp(join(shipped, 'first-vit', '1.0.0'), join(models, 'mute', '1.0.0'), { recursive: true })
    const file = join(models, 'mute', '1.0.0', 'manifest.json')
    const text = (await readFile(file, 'utf8')).replace('"first-vit"', '"mute"')
    await writeFile(file, text.replace('"logits": "logits"', '"logits": "nothing"'))

    const listed = JSON.parse((await osteostream(models, 'models', 'list', '--json')).lines.at(-1) ?? '')
    assert.deepEqual(
      listed.models.map(({ model }: { model: string }) => model),
      ['first-vit@1.0.0', 'hip-finder@1.0.0', 'mute@1.0.0'],
    )
    assert.match(listed.broken[0].fault, /torn.*model\.onnx has digest/)

    const verified = await osteostream(models, 'models', 'verify')
    assert.equal(verified.code, 1)
    assert.match(verified.lines[0] ?? '', /^broken: .*torn/)
    assert.deepEqual(verified.lines.slice(1, 3), ['first-vit@1.0.0: sound', 'hip-finder@1.0.0: sound'])
    assert.match(verified.lines[3] ?? '', /^mute@1\.0\.0: an output of the model is missing/)
    assert.equal((await osteostream(models, 'models', 'verify', 'first-vit')).code, 0)
  })

  test('activation makes a package primary from its instant on, under its digests', async () => {
    const records: OutgoingRecord[] = []
    const publisher = {
      publish: async (_: unknown, record: OutgoingRecord) => {
        records.push(record)
        return { topic: modelsTopic.name, partition: 0, offset: '0' }
      },
      publishMany: async () => assert.fail('one at a time'),
    }
    const now = () => new Date('2026-03-01T12:00:00.000Z')
    const asked = { manifest, role: 'primary', who: 'programme lead', why: 'evaluated' } as const
    const activation = await activateModel({ publisher, now }, { ...asked, from: '2026-04-01T00:00:00.000Z' })
    assert.equal(activation.at, '2026-03-01T12:00:00.000Z')
    const history = createActivationHistory(silentLogger)
    for (const { key, headers, value } of records) {
      assert.ok(value)
      const stands = { topic: modelsTopic.name, partition: 0, offset: 0n, timestampMs: 0 }
      history.apply({ ...stands, key, headers, value })
    }
    assert.equal(history.primaryAt('2026-03-31T23:59:59.999Z'), undefined)
    assert.deepEqual(history.primaryAt('2026-04-01T00:00:00.000Z'), identityOf(manifest))
    const immediately = await activateModel({ publisher, now }, asked)
    assert.equal(immediately.activeFrom, '2026-03-01T12:00:00.000Z')
  })

  test('a name without a version means the newest, by number and not by letter', () => {
    const packages = ['1.9.0', '1.10.0', '1.2.0'].map((version) => ({
      folder: version,
      manifest: { ...manifest, version },
    }))
    assert.equal(choosePackage(packages, 'first-vit').folder, '1.10.0')
    assert.equal(choosePackage(packages, 'first-vit@1.2.0').folder, '1.2.0')
    assert.throws(
      () => choosePackage(packages, 'first'),
      (error) => error instanceof SetupError && /first-vit@1\.10\.0/.test(error.remedy),
    )
  })
})
