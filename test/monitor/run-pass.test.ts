import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AnnouncedChange } from '../../src/contracts/circumstances.ts'
import { type Report, type ReportWindow, reportSchema } from '../../src/contracts/report.ts'
import type { WindowCounts } from '../../src/contracts/window-counts.ts'
import { createCurrentReports } from '../../src/monitor/current-reports.ts'
import { makeReport } from '../../src/monitor/make-report.ts'
import { type PassDeps, runPass } from '../../src/monitor/run-pass.ts'
import { countsOf, everybody, october, readerCard } from './window-counts.ts'

const engineKey = new Uint8Array(32).fill(7)
const cut = { topics: [{ topic: 'hip.verdicts.v1', offsets: ['12'] }], generation: 0 }
const some = { normal: 60, osteopenia: 70, osteoporosis: 40 }

/** A monitor over counts that a test changes, with what it has published. */
const monitor = (more: Partial<PassDeps> = {}) => {
  const world = {
    counts: [countsOf({ counts: some })] as WindowCounts[],
    changed: [october] as ReportWindow[],
  }
  const published: Report[] = []
  const finished: string[] = []
  const deps: PassDeps = {
    reader: {
      beginPass: async (inputs) => ({
        generation: 0,
        windows: world.changed,
        finish: async () => void finished.push(inputs),
      }),
      batchesOf: async (windows) => windows.map((window) => [window]),
      readCounts: async ([window]) => world.counts.filter((of) => of.window.start === window?.start),
    },
    circumstances: { readDevices: async () => [], readAnnouncements: async () => [] },
    reports: createCurrentReports(),
    heard: new Set(),
    cards: [readerCard],
    engineKey,
    measureCut: async () => cut.topics,
    raise: async () => {},
    publish: async (reports) => void published.push(...reports),
    now: () => new Date('2026-11-02T06:00:00.000Z'),
    isLeading: () => true,
    ...more,
  }
  return { world, published, finished, pass: () => runPass(deps), deps }
}

describe('reports', () => {
  const inputs = { scope: everybody, window: october, cards: [readerCard], cut, now: new Date('2026-11-02') }

  test('the same inputs give the same bytes, and another key another id and seed', () => {
    const counts = [countsOf({ counts: some })]
    const first = JSON.stringify(makeReport({ ...inputs, counts }, engineKey))
    assert.equal(JSON.stringify(makeReport({ ...inputs, counts: structuredClone(counts) }, engineKey)), first)
    const other = makeReport({ ...inputs, counts }, new Uint8Array(32).fill(8))
    assert.notEqual(other.reportId, JSON.parse(first).reportId)
    assert.notEqual(other.body['seed'], JSON.parse(first).body.seed)
  })

  test('when it was made and how far the topics were read is no part of what it says', () => {
    const counts = [countsOf({ counts: some })]
    const later = { now: new Date('2026-11-03'), cut: { ...cut, generation: 3 } }
    assert.equal(
      makeReport({ ...inputs, counts, ...later }, engineKey).reportId,
      makeReport({ ...inputs, counts }, engineKey).reportId,
    )
  })

  test('one person more, another card and the end of the fourteen days each make another report', () => {
    const of = (counts: typeof some, more: Partial<typeof inputs> = {}) =>
      makeReport({ ...inputs, counts: [countsOf({ counts })], ...more }, engineKey).reportId
    const slope = { ...readerCard, card: { ...readerCard.card, temperature: 2 } }
    const ids = [
      of(some),
      of({ ...some, normal: 61 }),
      of(some, { cards: [slope] }),
      of(some, { now: new Date('2026-11-20') }),
    ]
    assert.equal(new Set(ids).size, ids.length)
  })
})

describe('a pass of the monitor', () => {
  test('publishes what is new as the next revision, and nothing twice', async () => {
    const { world, published, pass } = monitor()
    assert.deepEqual(await pass(), { windows: 1, published: 1 })
    assert.deepEqual(await pass(), { windows: 1, published: 0 }, 'the same counts say the same')
    world.counts = [countsOf({ counts: { ...some, normal: 61 } })]
    await pass()
    assert.deepEqual(
      published.map(({ revision, provisional }) => [revision, provisional]),
      [
        [1, true],
        [2, true],
      ],
    )
    for (const report of published) assert.deepEqual(reportSchema.parse(report), report)
  })

  test('a scope that nobody is left of is restated with nobody', async () => {
    const { world, published, pass } = monitor()
    await pass()
    world.counts = []
    await pass()
    assert.deepEqual([published[1]?.revision, published[1]?.body['figures']], [2, []])
  })

  test('a window that has become complete with time alone is reported again', async () => {
    const clock = { now: new Date('2026-11-02T06:00:00.000Z') }
    const { world, published, pass } = monitor({ now: () => clock.now })
    await pass()
    world.changed = []
    await pass()
    clock.now = new Date('2026-11-15T00:00:00.000Z')
    await pass()
    assert.deepEqual(
      published.map(({ provisional }) => provisional),
      [true, false],
    )
  })

  test('raises an alarm once for a verdict that asks for somebody, before the report says it', async () => {
    const november: ReportWindow = { kind: 'month', start: '2026-11-01' }
    const told: string[] = []
    const { world, pass } = monitor({
      now: () => new Date('2026-12-20T06:00:00.000Z'),
      raise: async (alarms) => void told.push(...alarms.map(({ title }) => title)),
      publish: async (reports) =>
        void told.push(...reports.filter(({ method }) => method === 'change').map(() => 'verdict')),
      reader: {
        beginPass: async () => ({ generation: 0, windows: world.changed, finish: async () => {} }),
        batchesOf: async (windows) => windows.map((window) => [window]),
        readCounts: async (windows) =>
          world.counts.filter((of) => windows.some(({ start }) => start === of.window.start)),
      },
    })
    const readBy = { modelDigest: 'e'.repeat(64), finderDigest: 'f'.repeat(64) }
    world.counts = [countsOf({ counts: some }), countsOf({ counts: some, window: november, readBy })]
    world.changed = [november]
    await pass()
    assert.deepEqual(told, [
      'all regions: films are read differently in 2026-11 (simulated people)',
      'verdict',
    ])
    await pass()
    assert.equal(told.length, 2)
  })

  test('an announcement that comes after its month was judged is heard at the next pass, and once', async () => {
    const announced: AnnouncedChange[] = []
    const judged: string[] = []
    const { world, pass } = monitor({
      now: () => new Date('2026-12-20T06:00:00.000Z'),
      circumstances: {
        readAnnouncements: async () => [...announced],
        readDevices: async (windows) => {
          judged.push(windows.map(({ start }) => start.slice(0, 7)).join(' '))
          return []
        },
      },
    })
    await pass()
    world.changed = []
    judged.length = 0
    await pass()
    assert.deepEqual(judged, [], 'nothing came, and nothing is judged again')
    announced.push({ siteId: 'a', change: 'detector', from: '2026-11-03' })
    await pass()
    assert.deepEqual(judged, ['2026-10 2026-11'], 'December is not complete')
    judged.length = 0
    await pass()
    assert.deepEqual(judged, [])
  })

  test('who leads no more publishes nothing and does not finish the pass', async () => {
    const { published, finished, pass } = monitor({ isLeading: () => false })
    await pass()
    assert.deepEqual([published, finished], [[], []])
  })

  test('a pass that fails half way is not finished, and done again says the same', async () => {
    let fails = true
    const kept: Report[] = []
    const { finished, pass } = monitor({
      publish: async (reports) => {
        if (fails) throw new Error('kafka is away')
        kept.push(...reports)
      },
    })
    await assert.rejects(pass(), /kafka is away/)
    assert.deepEqual(finished, [])
    fails = false
    await pass()
    assert.deepEqual([kept.length, kept[0]?.revision, finished.length], [1, 1, 1])
  })

  test('two monitors at once do no harm: of one revision the lower id counts, in whatever order they are read', async () => {
    const { published, pass } = monitor()
    await pass()
    const [first] = published
    assert.ok(first !== undefined)
    const twin = { ...first, reportId: first.reportId.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }
    const key = ['all', '', 'month', '2026-10-01', 'prevalence'].join('|')
    const found = [
      [first, twin],
      [twin, first],
    ].map((order) => {
      const reports = createCurrentReports()
      for (const report of order) reports.note(report)
      return reports.find(key)?.reportId
    })
    assert.equal(found[0], [first.reportId, twin.reportId].toSorted()[0])
    assert.equal(found[0], found[1])
  })
})
