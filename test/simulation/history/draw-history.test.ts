import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { historyReadingSchema } from '../../../src/contracts/history-reading.ts'
import { createHistoryDrawer, type DrawnPerson } from '../../../src/simulation/history/draw-history.ts'
import {
  type HistoryPlan,
  historyChanges,
  historySize,
  planHistory,
} from '../../../src/simulation/history/history-plan.ts'
import { trueCounts, truthText } from '../../../src/simulation/history/history-truth.ts'
import { type ReadingLibrary, readLibrary } from '../../../src/simulation/history/reading-library.ts'

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('a history', () => {
  const plan: HistoryPlan = planHistory({ seed: 1, until: '2026-12-02' })
  let library: ReadingLibrary
  let weeks: readonly (readonly DrawnPerson[])[]
  before(async () => {
    library = await readLibrary()
    const draw = createHistoryDrawer({ plan, library })
    weeks = plan.weeks.map((_, week) => draw(week))
  })

  test('has the size that is promised, and ends before the week of its day', () => {
    assert.equal(plan.clinics.length, historySize.clinics)
    assert.deepEqual([plan.weeks.length, plan.weeks.at(-1)], [26, '2026-11-23'])
    const ids = weeks.flat().map(({ reading }) => reading.historyId)
    assert.equal(ids.length, 16 * 26 * 216)
    assert.equal(new Set(ids).size, ids.length)
  })

  test('the same seed and week give the same people; another seed gives others', () => {
    const again = createHistoryDrawer({ plan: planHistory({ seed: 1, until: '2026-12-05' }), library })
    assert.deepEqual(again(3), weeks[3])
    const other = createHistoryDrawer({ plan: planHistory({ seed: 2, until: '2026-12-02' }), library })
    assert.notEqual(other(3)[0]?.reading.historyId, weeks[3]?.[0]?.reading.historyId)
  })

  test('every record fits its contract and says nothing of the truth', () => {
    for (const { reading } of weeks[20] ?? []) {
      assert.deepEqual(historyReadingSchema.parse(reading), reading)
      assert.ok(!('truth' in reading))
    }
  })

  test('people get the reading of a film like theirs, taken as their clinic takes films', () => {
    const films = new Map(library.films.map((film) => [film.film, film]))
    const differences: number[] = []
    for (const { reading, tScore } of weeks[25] ?? []) {
      if (reading.outcome.kind !== 'finding') continue
      const film = films.get(reading.outcome.film)
      differences.push((film?.tScore ?? Number.NaN) - tScore)
      const isUpdated = historyChanges.imaging.clinics.some((clinic) => clinic === reading.siteId)
      assert.equal(film?.condition === 'updated', isUpdated)
    }
    assert.ok(Math.abs(meanOf(differences)) < 0.02, 'on the whole nobody is read as denser or less dense')
    assert.ok(meanOf(differences.map(Math.abs)) < 0.1)
  })

  test('one change is of the imaging alone, the other of the people alone', () => {
    const { imaging, population } = historyChanges
    const of = (siteId: string, from: number, until: number) =>
      weeks.slice(from, until).flatMap((own) => own.filter(({ reading }) => reading.siteId === siteId))
    const severity = (people: readonly DrawnPerson[]) =>
      meanOf(
        people.flatMap(({ reading: { outcome } }) => (outcome.kind === 'finding' ? [outcome.severity] : [])),
      )
    const tScore = (people: readonly DrawnPerson[]) => meanOf(people.map((person) => person.tScore))
    for (const clinic of imaging.clinics) {
      const [old, updated] = [of(clinic, 0, imaging.week), of(clinic, imaging.week, 26)]
      assert.ok(Math.abs(tScore(updated) - tScore(old)) < 0.08, 'the same people')
      assert.ok(Math.abs(severity(updated) - severity(old)) > 0.2, 'read otherwise')
    }
    assert.equal(of(population.clinic, 0, population.week).length, 0)
    const beside = of('south-1', population.week, 26)
    assert.ok(tScore(of(population.clinic, population.week, 26)) < tScore(beside) - 0.15)
  })

  test('the truth adds up, and is written only when asked for', () => {
    const draw = (week: number) => weeks[week] ?? []
    const counts = trueCounts(plan, draw)
    assert.equal(counts.length, 15 * 26 + 12)
    for (const row of counts)
      assert.equal(row.normal + row.osteopenia + row.osteoporosis, row.withVote, row.siteId)
    const lines = truthText(counts).trim().split('\n')
    assert.equal(lines.length, counts.length + 1)
  })
})
