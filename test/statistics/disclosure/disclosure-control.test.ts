import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { auditDisclosure, auditRevisions } from '../../../src/statistics/disclosure/disclosure-audit.ts'
import { protectCube, protectRevision } from '../../../src/statistics/disclosure/disclosure-control.ts'
import { publishTable } from '../../../src/statistics/disclosure/published-cube.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { close, expectReason, valueOf } from '../expect-answer.ts'
import { readOracle } from '../oracles/oracle.ts'

type Recorded = {
  sizes: number[]
  counts: number[]
  hidden: number[]
  ranges: [place: number, low: number, high: number][]
}[]

test('feasible ranges agree with SciPy’s linear programmes', () => {
  for (const { sizes, counts, hidden, ranges } of readOracle<Recorded>('cube')) {
    const found = auditDisclosure(publishTable({ sizes, counts }), new Set(hidden), 1e6)
    assert.equal(found.length, ranges.length)
    ranges.forEach(([place, low, high], i) => {
      assert.equal(found[i]?.place, place)
      close(found[i]?.low ?? -1, low, 1e-6)
      close(found[i]?.high ?? -1, high, 1e-6)
    })
  }
})

test('a lone small count takes three others with it: two by two', () => {
  const found = valueOf(protectCube({ sizes: [2, 2], counts: [3, 40, 50, 60] }))
  assert.equal(found.hidden, 4)
  const shown = found.places.filter(({ count }) => count !== undefined)
  assert.deepEqual(
    shown.map(({ count }) => count),
    [43, 110, 53, 100, 153],
  )
  assert.deepEqual(Object.keys(found).sort(), ['hidden', 'places'], 'no label and no audit leaves the house')
  assert.ok(
    found.places.every((place) => Object.keys(place).every((key) => ['coordinate', 'count'].includes(key))),
  )
})

test('nothing small, nothing hidden; months are not added up', () => {
  const open = valueOf(protectCube({ sizes: [2, 2], counts: [30, 40, 50, 60] }))
  assert.equal(open.hidden, 0)
  const months = valueOf(
    protectCube({ sizes: [2, 2, 2], counts: [30, 40, 50, 60, 2, 40, 50, 60], totals: [false, true, true] }),
  )
  assert.equal(months.places.length, 2 * 3 * 3)
  const first = months.places.filter(({ coordinate }) => coordinate[0] === 0)
  assert.ok(first.every(({ count }) => count !== undefined))
})

test('a cube of small counts only shows nothing at all; what is no cube has no answer', () => {
  const tiny = valueOf(protectCube({ sizes: [1, 1], counts: [4] }))
  assert.ok(tiny.places.every(({ count }) => count === undefined))
  expectReason(protectCube({ sizes: [2], counts: [0, 0] }), 'empty')
  expectReason(protectCube({ sizes: [2], counts: [1, 2, 3] }), 'invalid-input')
  expectReason(protectCube({ sizes: [2], counts: [40, 50] }, 3), 'invalid-input')
  expectReason(protectCube({ sizes: [], counts: [] }), 'empty')
})

test('a cube of region × month × sex × three age bands is protected within a second', () => {
  let seed = 7
  const counts = Array.from({ length: 5 * 6 * 2 * 3 }, () => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) ** 2 * 45)
  })
  const cube = { sizes: [6, 5, 2, 3], counts, totals: [false, true, true, true] }
  const found = valueOf(protectCube(cube))
  assert.ok(found.hidden > 20)
  assert.equal(JSON.stringify(valueOf(protectCube(cube))), JSON.stringify(found))
})

test('no hidden count can be narrowed below the threshold, no small count is shown, totals still add up', () => {
  const table = fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 }))
    .chain(([rows, columns]) =>
      fc
        .array(fc.integer({ min: 0, max: 60 }), { minLength: rows * columns, maxLength: rows * columns })
        .map((counts) => ({ sizes: [rows, columns], counts })),
    )
  fc.assert(
    fc.property(table, fc.integer({ min: 5, max: 10 }), (cube, threshold) => {
      const found = protectRevision(cube, [], threshold)
      if (found.kind === 'no-answer') return
      const { published, kept } = found.value
      const whole = publishTable(cube)
      published.places.forEach(({ count }, place) => {
        if (count === undefined) return
        assert.ok(count >= threshold)
        assert.equal(count, whole.values[place])
      })
      for (const { low, high, place } of auditDisclosure(whole, new Set(kept.hidden), threshold)) {
        assert.ok(high - low >= threshold - 1e-6)
        const truth = whole.values[place] ?? -1
        assert.ok(low <= truth + 1e-6 && truth <= high + 1e-6)
      }
    }),
    { seed: 16, numRuns: 60 },
  )
})

test('three late films tell nothing: all revisions are audited together', () => {
  const random = createRandom(9)
  let exposedAlone = 0
  for (let table = 0; table < 25; table += 1) {
    const counts = Array.from({ length: 12 }, () => Math.floor(40 * random() ** 2))
    const first = protectRevision({ sizes: [4, 3], counts }, [])
    if (first.kind === 'no-answer') continue
    const later = counts.slice()
    for (let film = 0; film < 3; film += 1) {
      const cell = Math.floor(12 * random())
      later[cell] = (later[cell] ?? 0) + 1
    }
    const cube = { sizes: [4, 3], counts: later }
    const tables = [publishTable(first.value.kept.cube), publishTable(cube)] as const
    const narrowest = (hidden: readonly number[]): number =>
      Math.min(
        Number.POSITIVE_INFINITY,
        ...auditRevisions(
          [
            { table: tables[0], hidden: new Set(first.value.kept.hidden) },
            { table: tables[1], hidden: new Set(hidden) },
          ],
          10,
        ).map(({ low, high }) => high - low),
      )
    const alone = protectRevision(cube, [])
    if (alone.kind === 'answer' && narrowest(alone.value.kept.hidden) < 10 - 1e-6) exposedAlone += 1
    const together = protectRevision(cube, [first.value.kept])
    if (together.kind === 'answer') assert.ok(narrowest(together.value.kept.hidden) >= 10 - 1e-6)
  }
  assert.ok(
    exposedAlone >= 1,
    `${exposedAlone} tables are exposed by revisions that do not know of each other`,
  )
})

test('a place that was hidden once stays hidden, and a revision of another shape is refused', () => {
  const first = valueOf(protectRevision({ sizes: [2, 2], counts: [9, 40, 50, 60] }, []))
  const second = valueOf(protectRevision({ sizes: [2, 2], counts: [12, 40, 50, 60] }, [first.kept]))
  for (const place of first.kept.hidden) assert.ok(second.kept.hidden.includes(place))
  expectReason(protectRevision({ sizes: [4], counts: [12, 40, 50, 60] }, [first.kept]), 'invalid-input')
})
