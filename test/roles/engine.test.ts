import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { writeNoiseFilm } from '../support/noise-film.ts'
import { startUp } from '../support/start-up.ts'
import { tempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..', '..')
const realHip = resolve(root, '..', 'shared', 'data', 'hip-dicom', 'RG2_UNC.dcm')

/** Runs a command of the program as a user would; answers its output and exit status. */
const osteostream = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  try {
    const { stdout, stderr } = await run(process.execPath, ['src/cli/main.ts', ...args], {
      cwd: root,
      maxBuffer: 1 << 26,
    })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

const lastObject = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

describe('the engine, as its users run it', () => {
  test('a demo accounts for every film and goes on from what is there', { timeout: 400_000 }, async (t) => {
    const dataDir = await tempDir(t)
    const common = ['--exit', '--seed', '5', '--clinics', '4', '--regions', '2', '--data-dir', dataDir]
    const first = await osteostream('demo', '--studies', '60', '--json', ...common)
    assert.equal(first.code, 0, first.stderr)
    const { ledger, prevalence, reports, services } = lastObject(first.stdout)
    assert.equal(ledger.received, 60)
    assert.equal(ledger.balanced, true)
    assert.deepEqual([ledger.lost, ledger.doubled, ledger.inFlight], [0, 0, 0])
    assert.ok(ledger.findings > 30 && ledger.duplicates >= 1 && ledger.conflicts >= 1, JSON.stringify(ledger))
    for (const reason of [
      'WRONG_MODALITY',
      'UNDER_18',
      'COLOUR_PHOTOGRAPH',
      'NO_PIXEL_DATA',
      'TOO_MANY_PIXELS',
      'NOT_A_HIP',
    ])
      assert.ok(ledger.rejected[reason] >= 1, reason)
    assert.deepEqual(Object.keys(ledger.deadLettered).toSorted(), [
      'ENCODING_UNSUPPORTED',
      'FILE_CORRUPT',
      'PAYLOAD_EMPTY',
    ])
    assert.ok(
      prevalence.length > 0 &&
        prevalence.every(
          (entry: { n: number; label: string }) => entry.n > 0 && entry.label === 'simulated people',
        ),
    )
    const counted = new Map<string, number>()
    for (const { month, n } of prevalence) counted.set(month, (counted.get(month) ?? 0) + n)
    for (const { window, body } of reports) {
      const [figures, ...others] = body.figures
      assert.deepEqual([figures.domain, others], ['synthetic', []])
      // Of people without a link each clinic counts its own: everybody is all regions together.
      assert.equal(figures.n, counted.get(window.start.slice(0, 7)), window.start)
      assert.match(figures.corrected.detail, /^\d+ (?:person|people), 100 needed$/)
    }
    assert.equal(reports.length, counted.size, 'the end shows what the monitor says of everything read')
    assert.match(services.kafka.version, /^4\./)
    assert.match(services.clickhouse.version, /^26\./)
    assert.ok(!first.stdout.includes('SIM-'), 'no patient id in what it prints')
    const expired = join(dataDir, 'blobs', 'ab', 'old')
    await mkdir(dirname(expired), { recursive: true })
    await writeFile(expired, 'a film of long ago')
    await utimes(expired, new Date('2020-01-01'), new Date('2020-01-01'))
    const second = await osteostream('demo', '--studies', '60', ...common)
    assert.equal(second.code, 0, second.stderr)
    assert.match(second.stdout, /^up: Kafka 4\..* {2}ClickHouse 26\./)
    assert.match(second.stdout, /^60\/60 sent {2}.* films\/s/m)
    assert.match(second.stdout, /^received +120$/m, 'the first films are still there')
    assert.match(second.stdout, /^balanced: /m)
    assert.ok(!existsSync(expired), 'the film store lets films go')
    assert.match(second.stdout, /^region +month +people/m)
    assert.match(second.stdout, /^all +\d{4}-\d\d +synthetic +\d+ .* (?:person|people), 100 needed/m)
    assert.doesNotMatch(second.stderr, /^received/m, 'figures are there once')
  })

  describe('with an engine up', () => {
    let dataDir = ''
    let stop = async (): Promise<void> => {}
    before(async () => {
      ;({ dataDir, stop } = await startUp(root))
    })
    after(() => stop())
    const ingest = (path: string, ...more: string[]) =>
      osteostream('ingest', path, '--clinic', 'demo', '--json', '--data-dir', dataDir, ...more)

    test('a film that is sent twice gets one verdict and one duplicate', async (t) => {
      const path = join(await tempDir(t), 'film.dcm')
      await writeNoiseFilm(path, '2.25.1234567')
      const [first, second] = [await ingest(path), await ingest(path)]
      const booked = [first, second].map(
        ({ stdout, stderr }) => lastObject(stdout || stderr).files[0].verdict.booking,
      )
      assert.deepEqual(booked, ['rejected', 'duplicate'], 'noise is no hip')
      assert.match(first.stderr, /^1 of 1 verdicts$/m)
      assert.ok(!`${first.stdout}${first.stderr}`.includes('SECRET'))
    })

    test('a film of an archive that also comes live counts once, and the ledger counts both lanes', async (t) => {
      const path = join(await tempDir(t), 'film.dcm')
      await writeNoiseFilm(path, '2.25.7654321')
      const ledgerNow = async () =>
        lastObject((await osteostream('ledger', '--json', '--data-dir', dataDir)).stdout).ledger
      const before = await ledgerNow()
      const [archived, live] = [await ingest(path, '--backfill'), await ingest(path)]
      const files = [archived, live].map(({ stdout, stderr }) => lastObject(stdout || stderr).files[0])
      assert.deepEqual(
        files.map(({ answer, verdict }) => [answer.image.topic, verdict.booking]),
        [
          ['hip.backfill.v1', 'rejected'],
          ['hip.images.v1', 'rejected'],
        ],
        'live comes first in order, whenever it comes',
      )
      const ledger = await ledgerNow()
      assert.deepEqual(
        [ledger.received - before.received, ledger.duplicates - before.duplicates, ledger.balanced],
        [2, 1, true],
        'the film of the archive is the duplicate now',
      )
      assert.equal(ledger.unscreenedBackfill, 0)
    })

    test('the real hip gets one verdict, then a duplicate', {
      skip: existsSync(realHip) ? false : 'no ../shared/data',
    }, async () => {
      const [first, second] = [await ingest(realHip), await ingest(realHip)]
      const verdicts = [first, second].map(({ stdout }) => lastObject(stdout).files[0].verdict)
      assert.ok(['finding', 'rejected'].includes(verdicts[0].booking))
      assert.equal(verdicts[1].booking, 'duplicate')
    })

    test('a dead letter is listed, shown and requeued as its next attempt', async (t) => {
      const path = join(await tempDir(t), 'broken.dcm')
      const preamble = new Uint8Array(400)
      preamble.set(new TextEncoder().encode('DICM'), 128)
      await writeFile(path, preamble)
      const sent = lastObject((await ingest(path)).stdout).files[0]
      assert.equal(sent.verdict.kind, 'deadLettered')
      const arrival: string = sent.answer.arrivalId
      const listed = lastObject(
        (await osteostream('dead-letters', 'list', '--json', '--data-dir', dataDir)).stdout,
      )
      assert.ok(listed.deadLetters.some((letter: { arrivalId: string }) => letter.arrivalId === arrival))
      const asked = await osteostream(
        'dead-letters',
        'requeue',
        arrival,
        '--who',
        'tester',
        '--why',
        'test',
        '--data-dir',
        dataDir,
      )
      assert.match(asked.stdout, /requeued as attempt 2/, asked.stderr)
      const missing = await osteostream('dead-letters', 'show', 'no-such-arrival', '--data-dir', dataDir)
      assert.equal(missing.code, 2)
      assert.match(missing.stderr, /NOT_FOUND/)
    })

    test('the ledger balances, and a second engine on the folder is refused with the remedy', async () => {
      const ledger = await osteostream('ledger', '--json', '--data-dir', dataDir)
      assert.equal(ledger.code, 0, ledger.stderr)
      assert.equal(lastObject(ledger.stdout).ledger.balanced, true)
      const second = await osteostream('up', '--data-dir', dataDir)
      assert.equal(second.code, 2)
      assert.match(second.stderr, /DATA_DIR_IN_USE.*\n.*--data-dir/)
    })

    test('the only primary cannot be retired, and one that is named again is primary in a minute', async () => {
      const audit = ['--who', 'tester', '--why', 'test', '--data-dir', dataDir]
      const activate = (role: string) => osteostream('models', 'activate', 'vit', '--role', role, ...audit)
      const retired = await activate('retired')
      assert.equal(retired.code, 2)
      assert.match(retired.stderr, /NO_PRIMARY_LEFT.*\n.*another package as primary first/)
      const primary = await activate('primary')
      assert.match(primary.stdout, /^vit@\d+\.\d+\.\d+: primary from \d{4}-/, primary.stderr)
    })

    // Four at once took each other's spool folders, and one of them ended.
    test('four ingests at once lose nothing, and number what they took without a gap', async (t) => {
      const folders = await Promise.all(
        [1, 2, 3, 4].map(async (part) => {
          const folder = await tempDir(t)
          for (const film of [1, 2, 3, 4, 5])
            await writeNoiseFilm(join(folder, `${film}.dcm`), `2.25.31${part}${film}`)
          return folder
        }),
      )
      const answers = await Promise.all(folders.map((folder) => ingest(folder)))
      for (const { code, stderr } of answers) assert.equal(code, 0, stderr)
      const files = answers.flatMap(({ stdout }) => lastObject(stdout).files)
      assert.equal(files.length, 20)
      assert.ok(files.every(({ verdict }) => verdict?.booking === 'rejected'))
      const { ledger } = lastObject((await osteostream('ledger', '--json', '--data-dir', dataDir)).stdout)
      assert.equal(ledger.balanced, true)
      assert.ok(ledger.spools.every(({ missing }: { missing: number }) => missing === 0))
    })

    test('a clinic without keys is refused by name', async (t) => {
      const folder = await tempDir(t)
      await writeFile(join(folder, 'a.png'), Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))
      const refused = await osteostream('ingest', folder, '--clinic', 'nowhere', '--data-dir', dataDir)
      assert.equal(refused.code, 2, refused.stderr)
      assert.match(refused.stderr, /SITE_KEYS_MISSING.*nowhere/s)
    })
  })

  test('commands without an engine, and wrong settings, end with status 2 and a remedy', async (t) => {
    const dataDir = await tempDir(t)
    const alone = await osteostream('ledger', '--data-dir', dataDir)
    assert.equal(alone.code, 2)
    assert.match(alone.stderr, /SERVICE_NOT_RUNNING/)
    const doctor = await osteostream('doctor', '--json', '--data-dir', dataDir)
    assert.equal(lastObject(doctor.stdout).ok, true, doctor.stdout)
  })
})
