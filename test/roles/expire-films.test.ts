import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createFileBlobStore } from '../../src/producers/file-blob-store.ts'
import { startFilmExpiry } from '../../src/roles/expire-films.ts'
import type { Every } from '../../src/runtime/every.ts'
import { type Logger, silentLogger } from '../../src/runtime/logger.ts'
import { tempDir } from '../support/temp-dir.ts'

const hourMs = 60 * 60 * 1000
const now = new Date('2026-03-10T10:00:00Z')

/** A clock that a test turns by hand. */
const clock = () => {
  let tick = (): void => {}
  const intervals: number[] = []
  const every: Every = (ms, work) => {
    intervals.push(ms)
    tick = work
    return () => {
      tick = () => {}
    }
  }
  return { every, intervals, tick: () => tick() }
}

const loggerInto = (lines: string[]): Logger => {
  const note = (fields: unknown, message?: unknown): void => {
    lines.push(`${String(message)} ${JSON.stringify(fields)}`)
  }
  const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger }
  return logger
}

describe('film expiry', () => {
  test('lets films go at the start and every hour when their time is over, and says how many', async (t) => {
    const folder = await tempDir(t)
    const store = createFileBlobStore({ folder, logger: silentLogger })
    const putAt = async (text: string, daysAgo: number): Promise<string> => {
      const bytes = Buffer.from(text)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const reference = await store.put(bytes, sha256)
      const instant = new Date(now.getTime() - daysAgo * 24 * hourMs)
      await utimes(join(folder, sha256.slice(0, 2), sha256), instant, instant)
      return reference
    }
    const old = await putAt('old', 46.5)
    const young = await putAt('young', 45.5)
    const { every, intervals, tick } = clock()
    const lines: string[] = []
    let time = now
    const expiry = startFilmExpiry({
      store,
      keptDays: 46,
      every,
      now: () => time,
      uptimeMs: () => time.getTime(),
      logger: loggerInto(lines),
    })
    time = new Date(now.getTime() + 13 * hourMs)
    tick()
    await expiry.stop()
    assert.deepEqual(intervals, [hourMs])
    assert.deepEqual([await store.get(old), await store.get(young)], [undefined, undefined])
    assert.deepEqual(
      lines.map((line) => line.replace(/,"before".*/, '')),
      ['films in the store expired {"removed":1', 'films in the store expired {"removed":1'],
    )
  })

  test('takes nothing for a day when the clock jumps forward', async () => {
    const { every, tick } = clock()
    let [time, uptime, asked] = [now.getTime(), 0, 0]
    const pass = async (ms: number, jumpMs = 0): Promise<void> => {
      time += ms + jumpMs
      uptime += ms
      tick()
      await new Promise((resolve) => setImmediate(resolve))
    }
    const store = {
      removeOlderThan: async () => {
        asked += 1
        return 0
      },
    }
    const lines: string[] = []
    const expiry = startFilmExpiry({
      store,
      keptDays: 46,
      every,
      now: () => new Date(time),
      uptimeMs: () => uptime,
      logger: loggerInto(lines),
    })
    await pass(hourMs)
    await pass(hourMs, 100 * 24 * hourMs)
    for (let hour = 0; hour < 22; hour += 1) await pass(hourMs)
    await pass(hourMs, -100 * 24 * hourMs)
    const before = asked
    await pass(2 * hourMs)
    await expiry.stop()
    assert.deepEqual([before, asked], [2, 3])
    assert.match(lines[0] ?? '', /the clock has jumped/)
  })

  test('a folder that cannot be read is told, and asked again', async () => {
    const { every, tick } = clock()
    const lines: string[] = []
    const answers = [Promise.reject(new Error('EIO')), Promise.resolve(2)]
    const expiry = startFilmExpiry({
      store: { removeOlderThan: () => answers.shift() ?? Promise.resolve(0) },
      keptDays: 46,
      every,
      now: () => now,
      uptimeMs: () => 0,
      logger: loggerInto(lines),
    })
    tick()
    await expiry.stop()
    assert.match(lines[0] ?? '', /not expired .*EIO.*spool\.md/)
    assert.match(lines[1] ?? '', /expired .*"removed":2/)
  })
})
