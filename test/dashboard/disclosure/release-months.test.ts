import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { ReportedMonth } from '../../../src/contracts/reported-month.ts'
import { peopleOf, type Release, releaseMonths } from '../../../src/dashboard/disclosure/release-months.ts'
import { shownTable } from '../../../src/dashboard/disclosure/shown-table.ts'
import { figuresOf } from '../../../src/monitor/figures/window-figures.ts'
import { countsOf, everybody, october, readerCard } from '../../monitor/window-counts.ts'

const at = new Date('2026-12-01T00:00:00.000Z')
const base = figuresOf(
  countsOf({ scope: everybody, window: october, counts: { normal: 100, osteopenia: 60, osteoporosis: 40 } }),
  [readerCard],
  1,
)

const monthOf = (region: string, normal: number, osteoporosis: number, unread = 0): ReportedMonth => ({
  region,
  month: '2026-10',
  figures: {
    ...base,
    counts: { normal, osteopenia: 0, osteoporosis },
    n: normal + osteoporosis,
    people: normal + osteoporosis + unread,
  },
})
const whole = (months: readonly ReportedMonth[]): ReportedMonth => {
  const sum = (of: (month: ReportedMonth) => number): number =>
    months.reduce((all, month) => all + of(month), 0)
  return monthOf(
    '',
    sum(({ figures }) => figures.counts.normal),
    sum(({ figures }) => figures.counts.osteoporosis),
    sum(({ figures }) => figures.people - figures.n),
  )
}
const find = (releases: readonly Release[], region: string) =>
  releases.find((release) => release.region === region)

describe('what is released', () => {
  test('nothing of fewer people than the threshold, nor of all regions together while few wait', () => {
    const months = [monthOf('north', 80, 20), monthOf('east', 6, 3)]
    const releases = releaseMonths([], [...months, whole(months)], 10, at)
    assert.deepEqual(
      releases.map(({ region }) => region),
      ['north'],
    )
    const more = [monthOf('north', 80, 20), monthOf('east', 8, 3)]
    assert.deepEqual(
      releaseMonths(releases, [whole(more), ...more], 10, at).map(({ region }) => region),
      ['north', 'east', ''],
    )
  })

  test('the same people with a new card move at once; one person more does not', () => {
    const first = releaseMonths([], [monthOf('north', 80, 20)], 10, at)
    const { figures, ...rest } = monthOf('north', 80, 20)
    const none = { kind: 'no-answer', reason: 'not-validated', detail: 'no card' } as const
    const recarded = releaseMonths(first, [{ ...rest, figures: { ...figures, corrected: none } }], 10, at)
    assert.equal(find(recarded, 'north')?.corrected.kind, 'no-answer')
    assert.equal(find(recarded, 'north')?.revision, 2)
    const one = releaseMonths(first, [monthOf('north', 81, 20)], 10, at)
    assert.equal(find(one, 'north'), first[0], 'the same object: nothing has moved')
    assert.equal(find(releaseMonths(first, [monthOf('north', 80, 20, 1)], 10, at), 'north'), first[0])
  })

  test('however films come and go, two looks never differ by fewer people than the threshold', () => {
    const threshold = 10
    const step = fc.record({
      region: fc.constantFrom('a', 'b', 'c'),
      normal: fc.integer({ min: -6, max: 12 }),
      sick: fc.integer({ min: -3, max: 6 }),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const counts: Record<string, [number, number]> = { a: [30, 12], b: [4, 2], c: [15, 11] }
        let releases: readonly Release[] = []
        for (const { region, normal, sick } of steps) {
          const [well, ill] = counts[region] ?? [0, 0]
          counts[region] = [Math.max(0, well + normal), Math.max(0, ill + sick)]
          const months = Object.entries(counts).map(([name, [healthy, affected]]) =>
            monthOf(name, healthy, affected),
          )
          const next = releaseMonths(releases, [...months, whole(months)], threshold, at)
          for (const release of next) {
            const before = find(releases, release.region)
            if (before === undefined || before === release || release.region === '') continue
            const moved = Math.max(
              Math.abs(peopleOf(release) - peopleOf(before)),
              Math.abs(release.counts.osteoporosis - before.counts.osteoporosis),
            )
            assert.ok(moved >= threshold || moved === 0, `${moved} people moved`)
          }
          const together = find(next, '')
          if (together !== undefined && together !== find(releases, '')) {
            const lag = Object.entries(counts).reduce((sum, [name, [healthy, affected]]) => {
              const shown = find(next, name)
              return sum + Math.abs(healthy + affected - (shown === undefined ? 0 : peopleOf(shown)))
            }, 0)
            assert.ok(lag === 0 || lag >= threshold, `all regions less its regions: ${lag} people`)
          }
          releases = next
        }
      }),
      { seed: 22, numRuns: 200 },
    )
  })

  test('what is corrected is shown in steps of a tenth of a percent, and only where its counts may be seen', () => {
    const months = [monthOf('north', 160, 40), monthOf('south', 95, 5), monthOf('west', 60, 30)]
    const releases = releaseMonths([], [...months, whole(months)], 10, at)
    const [shown] = shownTable(releases, base.domain, 10, at)
    assert.ok(shown)
    const [north, south] = shown.regions
    assert.ok(base.corrected.kind === 'answer' && north?.corrected.kind === 'answer')
    assert.equal(
      north.corrected.estimate,
      Math.round(base.corrected.classes.osteoporosis.estimate * 1000) / 1000,
    )
    assert.doesNotMatch(north.corrected.limitedBy, /help: \d/)
    assert.equal(south?.share.kind, 'no-answer', 'five people have it')
    assert.equal(south?.corrected.kind, 'no-answer')
    assert.equal(south?.missed.kind, 'no-answer')
  })
})
