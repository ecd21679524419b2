import assert from 'node:assert/strict'
import { mkdir, rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { connectToEngine } from '../support/engine-connections.ts'
import { writeThreePackages } from '../support/packages-of-three.ts'
import { objectOf, runCommand } from '../support/run-command.ts'
import { writeSimulatedFilms } from '../support/simulated-folder.ts'
import { startUp } from '../support/start-up.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const root = resolve(import.meta.dirname, '..', '..')

/** The readings of a hip as they stand in the tables. */
const hipSchema = z.object({
  receivedAt: z.string(),
  models: z.array(z.string()),
  classes: z.array(z.string()),
  primaries: z.array(z.string()),
  disagreement: z.number().nullable(),
})

const pairsThatDiffer = (classes: readonly string[]): number => {
  const pairs = classes.flatMap((one, at) => classes.slice(at + 1).map((other) => one !== other))
  return pairs.filter(Boolean).length / pairs.length
}

describe('three models on every film', () => {
  const undo = undoAfter({ after })
  let environment: Readonly<Record<string, string>>
  let dataDir: string
  let films: readonly string[]
  let connections: Awaited<ReturnType<typeof connectToEngine>>
  const osteostream = (...args: string[]) => runCommand([...args, '--data-dir', dataDir], '', environment)
  const hipsSince = (from: string) =>
    connections.clickhouse.query(
      `SELECT toString(received_at) AS receivedAt, any(disagreement) AS disagreement,
         groupArray(toString(model_name)) AS models, groupArray(toString(density_class)) AS classes,
         groupArrayIf(toString(model_name), is_primary) AS primaries
       FROM (SELECT * FROM findings FINAL ORDER BY model_name)
       WHERE received_at >= parseDateTime64BestEffort({from:String}, 3)
       GROUP BY event_id, arrival_id, hip, received_at`,
      { from },
      hipSchema,
    )
  const rolesNow = async () => {
    const { models } = objectOf(await osteostream('models', 'list', '--json'))
    return Object.fromEntries(
      models.map((entry: { model: string; role: string }) => [entry.model, entry.role]),
    )
  }
  const activate = async (model: string, role: string, from: string) => {
    const words = ['--role', role, '--from', from, '--who', 'tester', '--why', 'test']
    const { code, stderr } = await osteostream('models', 'activate', model, ...words)
    assert.equal(code, 0, stderr)
  }
  const send = async (some: readonly string[], name: string) => {
    const folder = join(dataDir, name)
    await mkdir(folder)
    for (const [at, path] of some.entries()) await rename(path, join(folder, `${at}.dcm`))
    const { files } = objectOf(await osteostream('ingest', folder, '--clinic', 'demo', '--json'))
    assert.equal(files.length, some.length)
  }

  before(async () => {
    const models = await tempDir({ after: (work) => undo(work) })
    await writeThreePackages(models)
    environment = { OSTEOSTREAM_MODELS_DIR: models }
    const engine = await startUp(root, environment)
    undo(engine.stop)
    dataDir = engine.dataDir
    connections = await connectToEngine(dataDir, undo)
    films = await writeSimulatedFilms(join(dataDir, 'films'), 10, 17)
  })

  test('read each hip, one of them primary; a verdict says how much they disagree', async () => {
    assert.deepEqual(await rolesNow(), {
      'hip-finder@1.3.0': null,
      'inception-v3@1.0.0': 'shadow',
      'resnet50@1.0.0': 'shadow',
      'vit@1.0.0': 'primary',
    })
    await send(films.slice(0, 6), 'first')
    const hips = await hipsSince('2026-01-01T00:00:00.000Z')
    assert.ok(hips.length >= 4, `${hips.length} hips`)
    for (const { models, classes, primaries, disagreement } of hips) {
      assert.deepEqual(models, ['inception-v3', 'resnet50', 'vit'])
      assert.deepEqual(primaries, ['vit'])
      assert.ok(Math.abs((disagreement ?? Number.NaN) - pairsThatDiffer(classes)) < 1e-9)
    }
    assert.ok(hips.some(({ disagreement }) => (disagreement ?? 0) > 0))
  })

  test('another one leads from an instant on, and a retired one reads no more', async () => {
    // Each command is a process of its own: how long one takes here says how far ahead two of them may look.
    const before = Date.now()
    await rolesNow()
    const leadMs = Math.max(15_000, 6 * (Date.now() - before))
    const from = new Date(Date.now() + leadMs).toISOString()
    await activate('resnet50', 'primary', from)
    await activate('inception-v3', 'retired', from)
    await waitFor('the instant', () => Date.now() >= Date.parse(from), 2 * leadMs)
    assert.deepEqual(await rolesNow(), {
      'hip-finder@1.3.0': null,
      'inception-v3@1.0.0': 'retired',
      'resnet50@1.0.0': 'primary',
      'vit@1.0.0': 'shadow',
    })
    await send(films.slice(6), 'second')
    const hips = await hipsSince(from)
    assert.ok(hips.length >= 2, `${hips.length} hips`)
    for (const { models, primaries } of hips) {
      assert.deepEqual(models, ['resnet50', 'vit'])
      assert.deepEqual(primaries, ['resnet50'])
    }
  })

  test('the demo shows how they agree', async (t) => {
    const own = ['--data-dir', await tempDir(t)]
    const demo = ['demo', '--studies', '24', '--clinics', '2', '--seed', '5', '--exit', '--json']
    const answer = await runCommand([...demo, ...own], '', environment)
    const { agreement } = objectOf(answer)
    assert.deepEqual(agreement.models, ['inception-v3@1.0.0', 'resnet50@1.0.0', 'vit@1.0.0'])
    assert.equal(agreement.pairs.length, 3)
    for (const { hips, alike, kappa } of agreement.pairs) {
      assert.equal(hips, agreement.hips)
      assert.ok(agreement.unanimous.value <= alike.value && alike.value <= 1 && kappa <= 1)
    }
    assert.ok(agreement.hips > 5 && agreement.unanimous.value < 1, JSON.stringify(agreement))
    assert.match(answer.stderr, /all 3 models call a hip alike: \d/)
  })
})
