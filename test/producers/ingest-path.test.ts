import assert from 'node:assert/strict'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { largestFilmBytes } from '../../src/contracts/image-event.ts'
import { type FileReport, ingestPath } from '../../src/producers/ingest-path.ts'
import type { IntakeAnswer, SubmittedFilm } from '../../src/producers/receive-film.ts'
import { createSettledFiles, watchFolder } from '../../src/producers/watch-folder.ts'
import { SetupError } from '../../src/runtime/errors.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { tempDir } from '../support/temp-dir.ts'
import { createFakeLog, openClinic } from './fake-clinic.ts'

const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.from('and so on')])

const folderOfFilms = async (t: Parameters<typeof tempDir>[0]): Promise<string> => {
  const folder = await tempDir(t)
  await mkdir(join(folder, 'day 1', '.hidden'), { recursive: true })
  await writeFile(join(folder, 'day 1', 'a.dcm'), dicom)
  await writeFile(join(folder, 'day 1', 'IM00001'), dicom)
  await writeFile(join(folder, 'broken.DCM'), '')
  await writeFile(join(folder, 'labels.tsv'), 'file\tclass\n')
  await writeFile(join(folder, 'DICOMDIR'), dicom)
  await writeFile(join(folder, 'b.dcm.part'), dicom)
  await writeFile(join(folder, 'day 1', '.hidden', 'c.dcm'), dicom)
  return folder
}

const answer: IntakeAnswer = {
  kind: 'published',
  arrivalId: '019ca8d7-2d00-7a41-912d-d40297b888c6',
  eventId: 'a'.repeat(64),
  receivedAt: '2026-03-01T10:00:00.000Z',
  refusal: undefined,
  image: undefined,
}

describe('ingesting a path', () => {
  test('sends every film in a folder once and reports each file; other files are skipped', async (t) => {
    const folder = await folderOfFilms(t)
    const log = createFakeLog()
    const clinic = await openClinic(t, { folder: await tempDir(t), log })
    const reports: string[] = []
    const onFile = ({ kind, path }: FileReport, done: number, total: number) =>
      void reports.push(`${kind} ${path.slice(folder.length + 1)} ${done}/${total}`)
    const counts = await ingestPath({
      path: folder,
      siteId: 'lisbon',
      intake: clinic,
      onFile,
      concurrency: 1,
    })
    assert.deepEqual(reports, [
      'skipped day 1/.hidden 1/7',
      'skipped DICOMDIR 2/7',
      'skipped b.dcm.part 3/7',
      'sent broken.DCM 4/7',
      'sent day 1/IM00001 5/7',
      'sent day 1/a.dcm 6/7',
      'skipped labels.tsv 7/7',
    ])
    assert.deepEqual(counts, { sent: 3, refused: 0, kept: 0, skipped: 4, unreadable: 0 })
    const ids = () => log.of('hip.images.v1').map((record) => record.headers['ce_subject'])
    const first = ids()
    await ingestPath({ path: folder, siteId: 'lisbon', intake: clinic, onFile, concurrency: 1 })
    assert.deepEqual(ids().slice(3), first, 'repeated, the same films come again')
  })

  test('a file that is named is sent whatever it is called', async (t) => {
    const file = join(await tempDir(t), 'labels.tsv')
    await writeFile(file, 'no film')
    const sent: SubmittedFilm[] = []
    const intake = { submit: async (film: SubmittedFilm) => (sent.push(film), answer) }
    await ingestPath({ path: file, siteId: 'lisbon', intake, onFile: () => {} })
    assert.deepEqual(sent[0]?.file, new Uint8Array(Buffer.from('no film')))
  })

  test('no more than a few films are in work at once', async (t) => {
    const folder = await tempDir(t)
    for (let index = 0; index < 20; index += 1) await writeFile(join(folder, `${index}.dcm`), dicom)
    let inWork = 0
    let most = 0
    const three = Promise.withResolvers<void>()
    const intake = {
      submit: async () => {
        most = Math.max(most, (inWork += 1))
        if (inWork === 3) three.resolve()
        await three.promise
        await new Promise(setImmediate)
        inWork -= 1
        return answer
      },
    }
    const counts = await ingestPath({ path: folder, siteId: 'x', intake, onFile: () => {}, concurrency: 3 })
    assert.equal(counts.sent, 20)
    assert.equal(most, 3)
  })

  test('a file over 64 MB is never read into memory', async (t) => {
    const folder = await tempDir(t)
    const file = await open(join(folder, 'series.dcm'), 'w')
    await file.truncate(largestFilmBytes + 1)
    await file.close()
    const sent: SubmittedFilm[] = []
    const intake = { submit: async (film: SubmittedFilm) => (sent.push(film), answer) }
    await ingestPath({ path: folder, siteId: 'x', intake, onFile: () => {} })
    assert.deepEqual(sent[0]?.file, {
      tooLarge: true,
      // 64 MiB and one zero byte, by sha256sum.
      sha256: '91990977345985aaf03af1358f4f989d7eaf985b58529efb72f613c588f6599a',
    })
  })

  test('a full disk ends the walk at once', async (t) => {
    const folder = await folderOfFilms(t)
    let calls = 0
    const intake = {
      submit: async () => {
        calls += 1
        throw new SetupError('DISK_FULL', 'full', 'free space')
      },
    }
    const walk = ingestPath({ path: folder, siteId: 'x', intake, onFile: () => {}, concurrency: 1 })
    await assert.rejects(walk, { code: 'DISK_FULL' })
    assert.equal(calls, 1)
  })

  test('a path that is not there or holds nothing is told so', async (t) => {
    const folder = await tempDir(t)
    const intake = { submit: async () => answer }
    const at = (path: string) => ingestPath({ path, siteId: 'x', intake, onFile: () => {} })
    await assert.rejects(at(join(folder, 'none')), { name: 'SetupError', code: 'FILE_UNREADABLE' })
    await assert.rejects(at(folder), { name: 'SetupError', code: 'FILE_UNREADABLE' })
  })
})

describe('a watched folder', () => {
  test('a file counts as whole once it has stopped changing, and comes out once', () => {
    const settled = createSettledFiles({ settleMs: 2000 })
    const file = (size: number, modifiedMs = 0) => [{ path: 'a.dcm', place: 'a.dcm', size, modifiedMs }]
    assert.deepEqual(settled.take(file(10), 0), { whole: [], waiting: true })
    assert.deepEqual(settled.take(file(20), 1000), { whole: [], waiting: true })
    assert.deepEqual(settled.take(file(20), 2500), { whole: [], waiting: true })
    assert.deepEqual(settled.take(file(20), 3000), { whole: file(20), waiting: false })
    assert.deepEqual(settled.take(file(20), 9000), { whole: [], waiting: false })
    assert.deepEqual(settled.take(file(20, 1), 9500), { whole: [], waiting: true })
    assert.deepEqual(settled.take([], 9900), { whole: [], waiting: false })
    assert.deepEqual(settled.take(file(20), 9950), { whole: [], waiting: true }, 'gone and come again')
  })

  test('sends what is there and what comes, half-copied files only when they are whole', async (t) => {
    const folder = await tempDir(t)
    await writeFile(join(folder, 'first.dcm'), dicom)
    const ending = new AbortController()
    const sent: string[] = []
    let clock = 0
    // What happens outside while the watcher sleeps: one step each time it looks for a change.
    const steps = [
      () => writeFile(join(folder, 'second.dcm'), dicom.subarray(0, 130)),
      async () => ending.abort(),
    ]
    await watchFolder({
      path: folder,
      siteId: 'lisbon',
      intake: {
        submit: async (film) => {
          sent.push(film.file instanceof Uint8Array ? String(film.file.length) : 'too large')
          return answer
        },
      },
      onFile: () => {},
      signal: ending.signal,
      logger: silentLogger,
      nowMs: () => clock,
      pause: async (ms) => {
        clock += ms
        // The copy goes on while the first part is already there.
        if (clock === 4000) await writeFile(join(folder, 'second.dcm'), dicom)
      },
      awaitChange: async () => steps.shift()?.(),
    })
    assert.deepEqual(sent, [String(dicom.length), String(dicom.length)])
  })

  test('the system reports a file that comes', async (t) => {
    const folder = await tempDir(t)
    const ending = new AbortController()
    const reports: FileReport[] = []
    const watching = watchFolder({
      path: folder,
      siteId: 'lisbon',
      intake: { submit: async () => answer },
      onFile: (report) => {
        reports.push(report)
        ending.abort()
      },
      signal: ending.signal,
      logger: silentLogger,
      // A clock on which every file has settled by the next look.
      nowMs: (() => {
        let clock = 0
        return () => (clock += 10_000)
      })(),
      pause: async () => {},
    })
    await writeFile(join(folder, 'a.dcm'), dicom)
    await watching
    assert.deepEqual(reports, [{ kind: 'sent', path: join(folder, 'a.dcm'), answer }])
  })

  test('only a folder can be watched', async (t) => {
    const file = join(await tempDir(t), 'a.dcm')
    await writeFile(file, dicom)
    const options = {
      siteId: 'x',
      intake: { submit: async () => answer },
      onFile: () => {},
      logger: silentLogger,
    }
    const signal = new AbortController().signal
    await assert.rejects(watchFolder({ ...options, path: file, signal }), { code: 'FILE_UNREADABLE' })
  })
})
