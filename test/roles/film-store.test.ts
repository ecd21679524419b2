import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { inlineFilmBytes } from '../../src/contracts/image-event.ts'
import { findServices } from '../../src/roles/connect-services.ts'
import { blobStoreOf } from '../../src/roles/film-store.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { SetupError } from '../../src/runtime/errors.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { noiseFilm } from '../support/noise-film.ts'
import { objectOf, runCommand } from '../support/run-command.ts'
import { startS3Server } from '../support/s3-server.ts'
import { startUp } from '../support/start-up.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'

const root = resolve(import.meta.dirname, '..', '..')

const engineKeyOf = async (dataDir: string): Promise<string> =>
  (await readFile(join(dataDir, 'engine.key'), 'utf8')).trim()

describe('the film store of a process', () => {
  test('a bucket without what opens it is refused before anything is sent', () => {
    const settings = { s3Endpoint: 'https://s3.example.org', s3Bucket: 'films', s3AccessKeyId: 'a' }
    assert.throws(
      () => blobStoreOf({ settings: readSettings(settings, {}), logger: silentLogger }),
      (error) => error instanceof SetupError && error.message.includes('OSTEOSTREAM_S3_SECRET_ACCESS_KEY'),
    )
    assert.throws(() => readSettings({ s3Endpoint: 'https://s3.example.org/films' }, {}), SetupError)
  })

  test('a film too large for a record, sent by a clinic, is read where no folder of it is shared', {
    timeout: 500_000,
  }, async (t) => {
    const undo = undoAfter(t)
    const server = await startS3Server(undo)
    const store = {
      OSTEOSTREAM_S3_ENDPOINT: server.endpoint,
      OSTEOSTREAM_S3_BUCKET: server.bucket,
      OSTEOSTREAM_S3_ACCESS_KEY_ID: server.accessKeyId,
      OSTEOSTREAM_S3_SECRET_ACCESS_KEY: server.secretAccessKey,
    }
    const engine = await startUp(root, {
      ...store,
      OSTEOSTREAM_GATEWAY: 'off',
      OSTEOSTREAM_DASHBOARD: 'false',
    })
    undo(engine.stop)
    const { kafka, clickhouse } = await findServices(readSettings({ dataDir: engine.dataDir }))
    const away = await tempDir({ after: (work) => undo(work) })
    const ofClinic = {
      ...store,
      OSTEOSTREAM_DATA_DIR: join(away, 'clinic'),
      OSTEOSTREAM_KAFKA_BROKERS: kafka.brokers.join(','),
      OSTEOSTREAM_CLICKHOUSE_URL: clickhouse.url,
      OSTEOSTREAM_CLICKHOUSE_USER: clickhouse.username,
      OSTEOSTREAM_CLICKHOUSE_PASSWORD: clickhouse.password,
    }
    const film = noiseFilm('2.25.88', [], 2100)
    assert.ok(film.length > inlineFilmBytes)
    await writeFile(join(away, 'film.dcm'), film)
    const site = { siteId: 'far', name: 'Far clinic', region: 'Far', timeZone: 'UTC', domain: 'synthetic' }
    await writeFile(join(away, 'sites.json'), JSON.stringify([site]))
    const vouched = { ...ofClinic, OSTEOSTREAM_ENGINE_KEY: await engineKeyOf(engine.dataDir) }
    const applied = await runCommand(['sites', 'apply', join(away, 'sites.json')], '', vouched)
    assert.equal(applied.code, 0, applied.stderr)
    const ingest = ['ingest', join(away, 'film.dcm'), '--clinic', 'far', '--json', '--wait-s', '120']
    const { files } = objectOf(await runCommand(ingest, '', ofClinic))
    assert.equal(files[0].kind, 'sent')
    assert.equal(files[0].verdict.kind, 'rejected', JSON.stringify(files[0].verdict))
    for (const folder of [join(engine.dataDir, 'blobs'), join(away, 'clinic', 'blobs')])
      assert.ok(!existsSync(folder), folder)
  })
})
