import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { noiseFilm } from '../support/noise-film.ts'
import { type RunningEngine, startUp } from '../support/start-up.ts'
import { missingWithHip, realHip, stranger } from '../support/strangers.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..', '..')

const osteostream = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, ['src/cli/main.ts', ...args], { cwd: root, maxBuffer: 1 << 26 })).stdout

const lastObject = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

describe('the gateway of `up`, as an X-ray department uses it', {
  skip: missingWithHip('storescu', 'echoscu'),
}, () => {
  let engine: RunningEngine
  let port = ''
  before(async () => {
    engine = await startUp(root)
    port = /DICOM to AE title OSTEO, host 127\.0\.0\.1, port (\d+)/.exec(engine.said())?.[1] ?? ''
  })
  after(() => engine.stop())

  const ledgerOf = async () =>
    lastObject(await osteostream('ledger', '--json', '--data-dir', engine.dataDir)).ledger

  const settled = (films: number) =>
    waitFor(
      `${films} verdicts`,
      async () => {
        const now = await ledgerOf()
        return now.received === films && now.inFlight === 0 && now
      },
      120_000,
    )

  test('the real hip ends as a refusal with its reason, a simulated film as a finding; the ledger agrees', {
    timeout: 300_000,
  }, async (t) => {
    assert.equal((await stranger('echoscu', '-aec', 'OSTEO', 'localhost', port)).code, 0)
    const folder = await tempDir(t)
    await osteostream('simulate', '--out', folder, '--n', '1', '--seed', '3')
    const films = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.dcm'))
    const film = join(folder, films[0] ?? '')
    for (const file of [realHip, film]) {
      const sent = await stranger('storescu', '-aec', 'OSTEO', 'localhost', port, file)
      assert.equal(sent.code, 0, sent.said)
    }
    const ofStore = await settled(2)
    assert.deepEqual([ofStore.findings, ofStore.rejected], [1, { NOT_AP_VIEW: 1 }])

    // The same two by DICOMweb: they are the same films, and count once.
    const token = (await readFile(join(engine.dataDir, 'gateway', 'demo.token'), 'utf8')).trim()
    const web = /DICOMweb at (\S+),/.exec(engine.said())?.[1] ?? ''
    for (const file of [realHip, film]) {
      const response = await fetch(web, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'multipart/related; type="application/dicom"; boundary=limit',
        },
        body: Buffer.concat([
          Buffer.from('--limit\r\nContent-Type: application/dicom\r\n\r\n'),
          await readFile(file),
          Buffer.from('\r\n--limit--\r\n'),
        ]),
      })
      assert.equal(response.status, 200)
      const stored = JSON.parse(await response.text())
      assert.equal(stored['00081199'].Value.length, 1)
    }
    const ledger = await settled(4)
    assert.deepEqual([ledger.balanced, ledger.lost, ledger.doubled, ledger.findings], [true, 0, 0, 1])
    assert.equal(ledger.duplicates + ledger.superseded, 2)
    const [spool] = ledger.spools
    assert.deepEqual([spool.siteId, spool.highest, spool.missing], ['demo', 4, 0])
  })

  test('who opts out: the next film is withheld, and the sequence stays whole', {
    timeout: 300_000,
  }, async (t) => {
    const folder = await tempDir(t)
    const film = join(folder, 'film.dcm')
    await writeFile(film, noiseFilm('2.25.77'))
    const before = await ledgerOf()
    const optOut = spawn(
      process.execPath,
      [
        'src/cli/main.ts',
        'gateway',
        'opt-out',
        '--clinic',
        'demo',
        '--who',
        'dpo',
        '--why',
        'asked',
        '--data-dir',
        engine.dataDir,
      ],
      { cwd: root, stdio: ['pipe', 'inherit', 'inherit'] },
    )
    optOut.stdin.end('SECRET-ID')
    assert.deepEqual(await once(optOut, 'exit'), [0, null])
    const sent = await stranger('storescu', '-aec', 'OSTEO', 'localhost', port, film)
    assert.equal(sent.code, 0, sent.said)
    const ledger = await waitFor(
      'the withheld number',
      async () => {
        const now = await ledgerOf()
        return now.spools[0]?.withheld === 1 && now
      },
      60_000,
    )
    assert.equal(ledger.received, before.received)
    assert.deepEqual([ledger.spools[0].missing, ledger.balanced], [0, true])
    assert.equal(ledger.spools[0].highest, before.spools[0].highest + 1)
  })
})
