import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { createActivationHistory } from '../../../src/consumers/model-schedule.ts'
import { commandSchema } from '../../../src/contracts/command.ts'
import { commandsTopic, modelsTopic } from '../../../src/contracts/topics.ts'
import { openModelShelf } from '../../../src/inference/classifiers/classifier-shelf.ts'
import { choosePackage, chooseShipped } from '../../../src/inference/packages/choose-package.ts'
import {
  classifierManifestSchema,
  finderIdentityOf,
  identityOf,
} from '../../../src/inference/packages/model-manifest.ts'
import { openModelPackage } from '../../../src/inference/packages/model-package.ts'
import { activateModel } from '../../../src/roles/operators/activate-model.ts'
import { refuseMissingPackages } from '../../../src/roles/serving-shelf.ts'
import { SetupError } from '../../../src/runtime/errors.ts'
import type { OutgoingRecord } from '../../../src/runtime/kafka/types.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { withEngineMac } from '../../../src/runtime/vouched-record.ts'
import { tempDir } from '../../support/temp-dir.ts'

const root = resolve(import.meta.dirname, '../..', '..')
const shipped = join(root, 'models')
const opened = await openModelPackage(join(shipped, 'vit', '1.1.0'))
const manifest = classifierManifestSchema.parse(opened.manifest)

const osteostream = async (modelsDir: string, ...args: readonly string[]) => {
  const env = { ...process.env, OSTEOSTREAM_MODELS_DIR: modelsDir }
  const run = promisify(execFile)(process.execPath, [join(root, 'src', 'cli', 'main.ts'), ...args], { env })
  const { stdout, stderr, code } = await run.then(
    (done) => ({ ...done, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  )
  return { lines: stdout.trim().split('\n'), errors: stderr, code }
}

describe('models', () => {
  test('lists what is there and what is broken, and verifies by digest and by a run', async (t) => {
    const models = await tempDir(t)
    await cp(shipped, models, { recursive: true })
    await cp(join(shipped, 'vit', '1.1.0'), join(models, 'torn', '1.1.0'), { recursive: true })
    await appendFile(join(models, 'torn', '1.1.0', 'model.onnx'), 'x')
    await cp(join(shipped, 'vit', '1.1.0'), join(models, 'mute', '1.1.0'), { recursive: true })
    const file = join(models, 'mute', '1.1.0', 'manifest.json')
    const text = (await readFile(file, 'utf8')).replace('"vit"', '"mute"')
    await writeFile(file, text.replace('"logits": "logits"', '"logits": "nothing"'))

    const listed = JSON.parse((await osteostream(models, 'models', 'list', '--json')).lines.at(-1) ?? '')
    assert.deepEqual(
      listed.models.map(({ model }: { model: string }) => model),
      ['hip-finder@1.3.0', 'inception-v3@1.1.0', 'mute@1.1.0', 'resnet50@1.1.0', 'vit@1.1.0'],
    )
    assert.ok(
      listed.models.every(({ role }: { role: unknown }) => role === null),
      'no engine, no roles',
    )
    assert.match(listed.broken[0].fault, /torn.*model\.onnx has digest/)

    const verified = await osteostream(models, 'models', 'verify')
    assert.equal(verified.code, 1)
    assert.match(verified.lines[0] ?? '', /^broken: .*torn/)
    const sound = ['hip-finder@1.3.0', 'inception-v3@1.1.0', 'resnet50@1.1.0', 'vit@1.1.0']
    assert.deepEqual(
      verified.lines.filter((line) => line.endsWith(': sound')),
      sound.map((name) => `${name}: sound`),
    )
    const mute = verified.lines.filter((line) => line.startsWith('mute@'))
    assert.match(mute.join('\n'), /^mute@1\.1\.0: an output of the model is missing/)
    assert.equal((await osteostream(models, 'models', 'verify', 'vit')).code, 0)
  })

  test('a package that fails its trial is not activated', async (t) => {
    const models = await tempDir(t)
    await cp(shipped, models, { recursive: true })
    const file = join(models, 'vit', '1.1.0', 'manifest.json')
    const text = (await readFile(file, 'utf8')).replace('"logits": "logits"', '"logits": "nothing"')
    await writeFile(file, text)
    const audit = ['--who', 'tester', '--why', 'test', '--data-dir', models] as const
    const { code, errors } = await osteostream(models, 'models', 'activate', 'vit@1.1.0', ...audit)
    assert.equal(code, 2)
    assert.match(errors, /^MODEL_UNUSABLE: vit@1\.1\.0 fails its trial run: an output of the model/)
  })

  test('activation is stored in the audit trail, then makes a package primary under its digests', async () => {
    const published: { topic: string; record: OutgoingRecord }[] = []
    const publisher = {
      publish: async (topic: { name: string }, record: OutgoingRecord) => {
        published.push({ topic: topic.name, record })
        return { topic: topic.name, partition: 0, offset: '0' }
      },
    }
    const now = () => new Date('2026-03-01T12:00:00.000Z')
    const asked = { manifest, role: 'primary', who: 'programme lead', why: 'evaluated' } as const
    const deps = { publisher, known: [], now }
    const activation = await activateModel(deps, { ...asked, from: '2026-04-01T00:00:00.000Z' })
    assert.equal(activation.at, '2026-03-01T12:00:00.000Z')
    assert.deepEqual(
      published.map(({ topic }) => topic),
      [commandsTopic.name, modelsTopic.name],
    )
    const [command, record] = published.map((entry) => entry.record)
    assert.ok(command?.value && record?.value)
    const stored = commandSchema.parse(JSON.parse(Buffer.from(command.value).toString()))
    assert.ok(stored.kind === 'activate' && stored.activationId === activation.activationId)
    const engineKey = Buffer.alloc(32, 4)
    const history = createActivationHistory({ logger: silentLogger, engineKey })
    const at = { topic: modelsTopic.name, partition: 0, offset: 0n, timestampMs: 0 }
    const heard = ({ key, headers, value }: OutgoingRecord) =>
      history.apply({ ...at, key, headers, value: value ?? new Uint8Array(0) })
    heard(record)
    assert.equal(history.primaryAt('2026-04-01T00:00:00.000Z'), undefined, 'nobody vouches for it')
    heard(withEngineMac(engineKey, modelsTopic, record))
    assert.deepEqual(
      history.primaryAt('2026-03-31T23:59:59.999Z'),
      identityOf(manifest),
      'what seems older than the first primary is read with it',
    )
    assert.deepEqual(history.primaryAt('2026-04-01T00:00:00.000Z'), identityOf(manifest))
    const soon = await activateModel(deps, asked)
    assert.equal(soon.activeFrom, '2026-03-01T12:01:00.000Z', 'every process has heard of it by then')
  })

  test('a refused activation publishes nothing', async () => {
    const publisher = { publish: () => assert.fail('published') }
    const now = () => new Date('2026-03-01T12:00:00.000Z')
    const asked = { manifest, who: 'programme lead', why: 'test' } as const
    await assert.rejects(
      activateModel({ publisher, known: [], now }, { ...asked, role: 'retired' }),
      /NO_PRIMARY_LEFT/,
    )
    await assert.rejects(
      activateModel(
        { publisher, known: [], now },
        { ...asked, role: 'primary', from: '2026-03-01T11:59:59.999Z' },
      ),
      /FROM_IN_THE_PAST/,
    )
  })

  test('a name without a version means the newest, by number and not by letter', () => {
    const packages = ['1.9.0', '1.10.0', '1.2.0'].map((version) => ({
      folder: version,
      manifest: { ...manifest, version },
    }))
    assert.equal(choosePackage(packages, 'vit').folder, '1.10.0')
    assert.equal(choosePackage(packages, 'vit@1.2.0').folder, '1.2.0')
    assert.throws(
      () => choosePackage(packages, 'first'),
      (error) => error instanceof SetupError && /vit@1\.10\.0/.test(error.remedy),
    )
  })

  test('on a first start the vision transformer is primary, the newest of each other name its shadow', () => {
    const shipped = (
      [
        ['inception-v3', '1.0.0', 'InceptionV3'],
        ['vit', '1.0.0', 'ViT-Ti/16'],
        ['small-vit', '1.0.0', 'vit 128/16'],
        ['resnet50', '1.0.0', 'ResNet50'],
        ['vit', '1.1.0', 'ViT-Ti/16'],
      ] as const
    ).map(([name, version, architecture]) => ({
      folder: `${name}@${version}`,
      manifest: { ...manifest, name, version, architecture },
    }))
    const chosen = (given: typeof shipped) => chooseShipped(given).map(({ folder }) => folder)
    const expected = ['vit@1.1.0', 'small-vit@1.0.0', 'inception-v3@1.0.0', 'resnet50@1.0.0']
    assert.deepEqual(chosen(shipped), expected)
    assert.deepEqual(chosen(shipped.toReversed()), expected)
    assert.equal(chosen(shipped.filter(({ manifest: own }) => own.name !== 'vit'))[0], 'small-vit@1.0.0')
    assert.deepEqual(chosen(shipped.slice(0, 1)), ['inception-v3@1.0.0'])
  })

  test('an engine whose primary is gone does not start, and says which package it misses', async () => {
    const shelf = await openModelShelf(shipped, silentLogger)
    const found = shelf.finder
    assert.ok(found !== undefined)
    const served = finderIdentityOf(found.manifest)
    const start = (primary: typeof manifest, finder = served) =>
      refuseMissingPackages(
        { primaryAt: () => identityOf(primary), finderAt: () => finder },
        shelf,
        { modelsDir: shipped },
        new Date('2026-03-01T12:00:00.000Z'),
      )
    start(manifest)
    assert.throws(
      () => start({ ...manifest, name: 'gone' }),
      (error) =>
        error instanceof SetupError && error.code === 'MODEL_UNUSABLE' && error.message.startsWith('gone@'),
    )
    assert.throws(
      () => start(manifest, { ...served, digest: 'f'.repeat(64) }),
      /is the finder, and no package/,
    )
  })
})
