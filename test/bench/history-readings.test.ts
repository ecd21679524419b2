import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { conditionOf, drawHistoryFilm } from '../../src/simulation/history/history-film.ts'
import { readLibrary } from '../../src/simulation/history/reading-library.ts'
import { tempDir } from '../support/temp-dir.ts'

const root = resolve(import.meta.dirname, '..', '..')
const script = join(root, 'bench', 'history-readings.ts')

const historyReadings = async (...options: readonly string[]): Promise<{ films: number; read: number }> => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--json', ...options], {
    cwd: root,
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

describe('readings for a history', () => {
  test('a run that was ended goes on where it was, and writes the same bytes', {
    timeout: 240_000,
  }, async (t) => {
    const folder = await tempDir(t)
    const out = join(folder, 'readings.json.gz')
    const common = ['--size', '384', '--seed', '910002', '--out', out]
    const work = ['--work', join(folder, 'work')]
    const first = await historyReadings('--films', '3', ...common, ...work)
    assert.deepEqual([first.films, first.read], [3, 3])
    const library = await readLibrary(out)
    assert.deepEqual(
      library.films.map(({ index, condition }) => [index, condition]),
      [0, 1, 2].map((index) => [index, conditionOf(index)]),
    )
    assert.equal(library.models.length, 3)
    for (const { outcome } of library.films)
      if (outcome.kind === 'finding') assert.equal(outcome.readings.length, library.models.length)

    const whole = await historyReadings('--films', '4', ...common, '--work', join(folder, 'other'))
    assert.equal(whole.read, 4)
    const bytes = await readFile(out)
    await writeFile(out, '')
    const again = await historyReadings('--films', '4', ...common, ...work)
    assert.deepEqual([again.films, again.read], [4, 1], 'only what was missing is read')
    assert.deepEqual(await readFile(out), bytes)
  })

  test('a seed of a card is refused', async () => {
    await assert.rejects(historyReadings('--films', '1', '--seed', '900002'), /one of a card/)
  })

  test('an update leaves the person and the exposure as they are, and softens the film', () => {
    const of = (condition: 'usual' | 'updated') =>
      drawHistoryFilm({ seed: 5, index: 1, filmSize: 512, condition })
    const [usual, updated] = [of('usual'), of('updated')]
    assert.deepEqual(updated.person, usual.person)
    assert.deepEqual([updated.view, updated.device.kvp], [usual.view, usual.device.kvp])
    const roughness = ({ film: { pixels } }: typeof usual) =>
      pixels.reduce((sum, value, at) => sum + Math.abs(value - (pixels[at - 1] ?? value)), 0)
    assert.ok(roughness(updated) < 0.9 * roughness(usual))
    assert.notEqual(updated.device.softwareVersion, usual.device.softwareVersion)
  })
})
