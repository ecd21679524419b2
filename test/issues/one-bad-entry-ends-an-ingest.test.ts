import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { filesUnder } from '../../src/producers/film-files.ts'
import { type FileReport, ingestPath } from '../../src/producers/ingest-path.ts'
import type { IntakeAnswer } from '../../src/producers/receive-film.ts'
import { watchFolder } from '../../src/producers/watch-folder.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { film } from '../imaging/films.ts'
import { tempDir } from '../support/temp-dir.ts'

const answer: IntakeAnswer = {
  kind: 'published',
  arrivalId: '019ca8d7-2d00-7a41-912d-d40297b888c6',
  eventId: 'a'.repeat(64),
  receivedAt: '2026-03-01T10:00:00.000Z',
  refusal: undefined,
  image: undefined,
}
const intake = { submit: async () => answer }

/** A folder with everything that ended an ingest or was passed over in silence. */
const folderOfTraps = async (t: TestContext): Promise<string> => {
  const folder = await tempDir(t)
  await writeFile(join(folder, 'a.dcm'), film())
  await symlink('.', join(folder, 'back'))
  await symlink('nowhere', join(folder, 'dangling.dcm'))
  await symlink('ring-b', join(folder, 'ring-a'))
  await symlink('ring-a', join(folder, 'ring-b'))
  await writeFile(join(folder, '.hidden.dcm'), film())
  spawnSync('mkfifo', [join(folder, 'pipe.dcm')])
  await writeFile(
    Buffer.concat([Buffer.from(`${folder}/M`), Buffer.from([0xfc]), Buffer.from('ller.dcm')]),
    film(),
  )
  await mkdir(join(folder, 'sub'))
  await writeFile(join(folder, 'sub', 'z.dcm'), film())
  await symlink('sub', join(folder, 'sub-again'))
  return folder
}

const fateOf = (folder: string, report: FileReport): string => {
  const why = report.kind === 'sent' ? '' : `: ${report.detail}`
  return `${report.path.slice(folder.length + 1)} ${report.kind}${why}`
}

const fates = [
  '.hidden.dcm skipped: hidden',
  'M�ller.dcm sent',
  'a.dcm sent',
  'back skipped: a link to a folder that is read already',
  'dangling.dcm unreadable: a link that leads nowhere',
  'pipe.dcm skipped: no file (a pipe, a socket or a device)',
  'ring-a unreadable: a link that leads in a circle',
  'ring-b unreadable: a link that leads in a circle',
  'sub-again skipped: a link to a folder that is read already',
  'sub/z.dcm sent',
]

test('every entry of a folder is in the outcome, and a bad one is one line', async (t) => {
  const folder = await folderOfTraps(t)
  const told: string[] = []
  await ingestPath({
    path: folder,
    siteId: 'x',
    intake,
    onFile: (report) => told.push(fateOf(folder, report)),
  })
  assert.deepEqual(told.toSorted(), fates)
})

test('a watcher goes on past bad entries and tells each of them once', async (t) => {
  const folder = await folderOfTraps(t)
  const ending = new AbortController()
  const told: string[] = []
  let clock = 0
  let looks = 0
  await watchFolder({
    path: folder,
    siteId: 'x',
    intake,
    onFile: (report) => told.push(fateOf(folder, report)),
    signal: ending.signal,
    logger: silentLogger,
    nowMs: () => clock,
    pause: async (ms) => void (clock += ms),
    awaitChange: async () => {
      if ((looks += 1) === 3) ending.abort()
    },
  })
  assert.deepEqual(told.toSorted(), fates)
})

const asRoot = process.getuid?.() === 0 && 'SKIPPED: root may read every folder'

test('a folder that may not be read is one line', { skip: asRoot }, async (t) => {
  const folder = await tempDir(t)
  await writeFile(join(folder, 'a.dcm'), film())
  await mkdir(join(folder, 'locked'))
  await chmod(join(folder, 'locked'), 0)
  const { files, others } = await filesUnder(folder)
  await chmod(join(folder, 'locked'), 0o700)
  assert.equal(files.length, 1)
  assert.deepEqual(others, [
    { path: join(folder, 'locked'), kind: 'unreadable', detail: 'this user may not read it (EACCES)' },
  ])
})

test('a file that stops growing before its end is held for a minute, and sent as it is then', async (t) => {
  const folder = await tempDir(t)
  const whole = film()
  await writeFile(join(folder, 'half.dcm'), whole.subarray(0, -200))
  const ending = new AbortController()
  const sent: [atMs: number, bytes: number][] = []
  let clock = 0
  await watchFolder({
    path: folder,
    siteId: 'x',
    intake: {
      submit: async ({ file }) => {
        sent.push([clock, file instanceof Uint8Array ? file.length : 0])
        return answer
      },
    },
    onFile: () => {},
    signal: ending.signal,
    logger: silentLogger,
    nowMs: () => clock,
    pause: async (ms) => {
      clock += ms
      // The copy goes on after five quiet seconds, is whole, and later another one stalls for good.
      if (clock === 7000) await writeFile(join(folder, 'half.dcm'), whole)
      if (clock === 20_000) await writeFile(join(folder, 'stalled.dcm'), whole.subarray(0, -100))
      if (clock > 100_000) ending.abort()
    },
    awaitChange: async () => {},
  })
  assert.deepEqual(
    sent.map(([, bytes]) => bytes),
    [whole.length, whole.length - 100],
  )
  assert.ok((sent[1]?.[0] ?? 0) >= 80_000, `sent at ${sent[1]?.[0]} ms`)
})
