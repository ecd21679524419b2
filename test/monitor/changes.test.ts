import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { verdictLines } from '../../src/cli/show/show-verdicts.ts'
import { changeBodySchema } from '../../src/contracts/change-report.ts'
import type { AnnouncedChange, DeviceCount } from '../../src/contracts/circumstances.ts'
import type { ReportScope, ReportWindow } from '../../src/contracts/report.ts'
import { reportSchema } from '../../src/contracts/report.ts'
import type { WindowCounts } from '../../src/contracts/window-counts.ts'
import { monthsToJudge } from '../../src/monitor/changes/judge-months.ts'
import { makeChangeReport } from '../../src/monitor/changes/make-change-report.ts'
import type { Scene } from '../../src/monitor/changes/month-scene.ts'
import { hex } from '../analytics/films.ts'
import { countsOf, october, reader, readerCard } from './window-counts.ts'

const november: ReportWindow = { kind: 'month', start: '2026-11-01' }
const north: ReportScope = { kind: 'region', id: 'North' }
const cut = { topics: [], generation: 0 }

type Clinic = {
  readonly id: string
  /** People called osteoporosis among 200. */
  readonly cases: number
  /** Mean of the noise. */
  readonly noise?: number
  readonly software?: string
  readonly readBy?: typeof reader
}

const millionths = 1_000_000

/** Noise of 200 films around a mean, half of them a unit above and half below. */
const noiseOf = (mean: number) => ({
  name: 'noise',
  films: 200,
  sum: BigInt(200 * mean * millionths),
  sumOfSquares: BigInt(100 * ((mean - 1) ** 2 + (mean + 1) ** 2)) * BigInt(millionths) ** 2n,
})

const classesOf = (cases: number) => ({ osteoporosis: cases, osteopenia: 80, normal: 120 - cases })

/** Counts of a region and its clinics in a month. */
const monthOf = (window: ReportWindow, clinics: readonly Clinic[]): WindowCounts[] => {
  const of = (scope: ReportScope, own: readonly Clinic[]): WindowCounts => {
    const cases = own.reduce((sum, clinic) => sum + clinic.cases, 0)
    const counts = { osteoporosis: cases, osteopenia: 80 * own.length, normal: 120 * own.length - cases }
    const readBy = own[0]?.readBy ?? reader
    return {
      ...countsOf({ counts, readBy, scope, window }),
      clinics: own.flatMap((clinic) =>
        countsOf({ counts: classesOf(clinic.cases) }).clinics.map((cell) => ({ ...cell, siteId: clinic.id })),
      ),
      controls: [noiseOf(own[0]?.noise ?? 10)],
      films: 200 * own.length,
    }
  }
  return [of(north, clinics), ...clinics.map((clinic) => of({ kind: 'site', id: clinic.id }, [clinic]))]
}

const devicesOf = ({ start }: ReportWindow, clinics: readonly Clinic[]): DeviceCount[] =>
  clinics.map(({ id, software = '1.0' }) => ({
    windowStart: start,
    siteId: id,
    region: 'North',
    domain: 'synthetic',
    maker: 'Acme',
    detector: 'D1',
    softwareVersion: software,
    films: 200,
  }))

const sceneOf = (
  before: readonly Clinic[],
  after: readonly Clinic[],
  announcements: readonly AnnouncedChange[] = [],
): Scene => ({
  before: october,
  after: november,
  counts: [...monthOf(october, before), ...monthOf(november, after)],
  devices: [...devicesOf(october, before), ...devicesOf(november, after)],
  announcements,
})

const now = new Date('2026-12-20T00:00:00.000Z')
const reportOf = (scene: Scene, scope: ReportScope = north, more: { readonly now?: Date } = {}) =>
  makeChangeReport({ scope, scene, cards: [readerCard], now, cut, ...more }, new Uint8Array(32).fill(7))

const judge = (scene: Scene, scope?: ReportScope) => {
  const [change] = changeBodySchema.parse(reportOf(scene, scope).body).changes
  assert.ok(change !== undefined)
  return change
}

const saidBy = (change: ReturnType<typeof judge>, name: string) =>
  change.witnesses.find((witness) => witness.name === name)?.says

const four = (cases: number, more: Partial<Clinic> = {}): Clinic[] =>
  ['a', 'b', 'c', 'd'].map((id) => ({ id, cases, ...more }))

describe('a month against the one before', () => {
  test('where nothing changed no change is seen, and the smallest one that would have been is said', () => {
    const change = judge(sceneOf(four(40), four(40)))
    assert.equal(change.verdict, 'no-change-seen')
    assert.match(
      change.statement,
      /with 800 and 800 people a change of the corrected share by \d+\.\d points/,
    )
    assert.ok(change.difference.kind === 'answer' && change.difference.low < 0 && change.difference.high > 0)
    assert.equal(change.onset, undefined)
  })

  test('an interval that leaves out zero is never shown beside no change without a word', () => {
    const said = Array.from({ length: 16 }, (_, more) => judge(sceneOf(four(40), four(40 + more))))
    const beside = said.filter(
      ({ difference, verdict }) =>
        difference.kind === 'answer' && difference.low > 0 && verdict === 'no-change-seen',
    )
    assert.ok(beside.length > 0, 'there are such changes')
    for (const { statement } of beside) assert.match(statement, /the interval leaves out zero/)
    assert.doesNotMatch(said[0]?.statement ?? '', /leaves out zero/)
    assert.notEqual(said.at(-1)?.verdict, 'no-change-seen')
  })

  test('software and controls that move at the same clinics are imaging', () => {
    const change = judge(sceneOf(four(30), four(60, { software: '2.0', noise: 13 })))
    assert.equal(change.verdict, 'imaging')
    assert.equal(change.onset, '2026-11-01')
    assert.equal(saidBy(change, 'software version'), 'for')
    assert.equal(saidBy(change, 'imaging controls'), 'for')
    assert.ok(change.difference.kind === 'answer' && change.difference.low > 0)
  })

  test('older patients at a new clinic are no imaging, although its detector is another one', () => {
    const fresh = { id: 'e', cases: 110, noise: 20, software: '9.9' }
    const change = judge(sceneOf(four(30), [...four(30), fresh]))
    assert.notEqual(change.verdict, 'imaging')
    assert.equal(saidBy(change, 'software version'), 'against')
    assert.equal(saidBy(change, 'imaging controls'), 'against')
    assert.equal(saidBy(change, 'one maker or clinic'), 'against')
    assert.match(change.statement, /older patients at a new clinic would explain it/)
  })

  test('a change without a witness for imaging stays undetermined while checks are missing', () => {
    const change = judge(sceneOf(four(30), four(60)))
    assert.equal(change.verdict, 'undetermined')
    assert.match(change.statement, /independent checks are missing \(canary films\)/)
    for (const name of ['DXA audit', 'same people', 'phantoms', 'canary films'])
      assert.equal(saidBy(change, name), 'does-not-exist-yet')
  })

  test('another model is the pipeline, and no share is compared across models', () => {
    const readBy = { ...reader, modelDigest: hex('another model') }
    const change = judge(sceneOf(four(30), four(60, { readBy })))
    assert.equal(change.verdict, 'pipeline')
    assert.equal(change.difference.kind, 'no-answer')
  })

  test('an announcement speaks where it falls on the change, and only of imaging', () => {
    const told = (change: AnnouncedChange['change'], from: string) =>
      judge(sceneOf(four(30), four(60), [{ siteId: 'a', change, from }]))
    assert.equal(saidBy(told('detector', '2026-11-03'), 'announcement'), 'for')
    assert.equal(saidBy(told('detector', '2026-06-01'), 'announcement'), 'against')
    assert.equal(saidBy(told('patients', '2026-11-03'), 'announcement'), 'against')
    assert.equal(saidBy(judge(sceneOf(four(30), four(60))), 'announcement'), 'does-not-exist-yet')
  })

  test('one clinic that leaves the others of its region is named by the comparison', () => {
    const after = four(30).map((clinic) => (clinic.id === 'a' ? { ...clinic, cases: 80 } : clinic))
    const scene = sceneOf(four(30), after)
    assert.equal(saidBy(judge(scene, { kind: 'site', id: 'a' }), 'one maker or clinic'), 'for')
    assert.equal(saidBy(judge(scene), 'one maker or clinic'), 'for')
    assert.equal(judge(scene, { kind: 'site', id: 'b' }).verdict, 'no-change-seen')
  })

  test('below 100 people nothing is judged, and it says how many are missing', () => {
    const few = (window: ReportWindow) =>
      countsOf({ counts: { osteoporosis: 20, osteopenia: 34, normal: 30 }, scope: north, window })
    const scene = { ...sceneOf(four(30), four(60)), counts: [few(october), few(november)] }
    const change = judge(scene)
    assert.deepEqual([change.verdict, change.statement], ['not-judged', '84 people, 100 needed'])
    assert.equal(change.difference.kind, 'no-answer')
  })
})

describe('the residual test', () => {
  /** Scores that no severity explains: everybody in two bins far apart. */
  const odd = (counts: WindowCounts): WindowCounts => {
    const people = counts.scores.reduce((sum, cell) => sum + cell.people, 0)
    const split = [1, 22].map((bin) => ({ ...reader, bin, people: people / 2 }))
    return { ...counts, scores: split }
  }

  /** Scores of the people of the card. */
  const fitting = (counts: WindowCounts): WindowCounts => {
    const { severity } = readerCard.card
    assert.ok(severity.kind === 'card')
    const scores = severity.edges.concat(0).map((_, bin) => ({
      ...reader,
      bin,
      people: severity.classCounts.reduce((sum, row) => sum + (row[bin] ?? 0), 0),
    }))
    return { ...counts, scores }
  }

  test('speaks of a change only where the window before fitted the card', () => {
    const scene = sceneOf(four(30), four(60))
    const oddIn = (starts: readonly string[]) =>
      judge({
        ...scene,
        counts: scene.counts.map((of) => (starts.includes(of.window.start) ? odd(of) : fitting(of))),
      })
    assert.equal(saidBy(oddIn([november.start]), 'residual test'), 'for')
    assert.equal(saidBy(oddIn([october.start, november.start]), 'residual test'), 'does-not-exist-yet')
  })
})

describe('reports on changes', () => {
  test('the same inputs give the same bytes, whenever they are made; one witness more makes another report', () => {
    const scene = sceneOf(four(30), four(60))
    const first = reportOf(scene)
    const later = reportOf(structuredClone(scene), north, { now: new Date('2027-01-05') })
    assert.deepEqual([later.reportId, later.body], [first.reportId, first.body])
    const announced = reportOf({
      ...scene,
      announcements: [{ siteId: 'a', change: 'software', from: '2026-11-02' }],
    })
    assert.notEqual(announced.reportId, first.reportId)
    assert.deepEqual(announced.body['seed'], first.body['seed'])
  })

  test('a person reads the difference with its limits and the whole statement', () => {
    const { key: _key, ...draft } = reportOf(sceneOf(four(30), four(60, { software: '2.0', noise: 13 })))
    const lines = verdictLines([reportSchema.parse({ ...draft, revision: 1 })]).join('\n')
    assert.match(lines, /region:North\s+2026-11\s+2026-10\s+synthetic\s+800 → 800\s+\+\d+\.\d \(\+\d/)
    assert.match(lines, /region:North 2026-11 \(simulated people\): imaging: moved although/)
    assert.match(lines, /do not report as a change in residents/)
  })

  test('only complete months are judged: those that changed and those that follow them', () => {
    assert.deepEqual(
      monthsToJudge([october, { kind: 'week', start: '2026-10-05' }], now).map(({ start }) => start),
      ['2026-10-01', '2026-11-01'],
    )
    assert.deepEqual(
      monthsToJudge([october], new Date('2026-11-20')).map(({ start }) => start),
      ['2026-10-01'],
    )
    assert.deepEqual(monthsToJudge([october], new Date('2026-11-02')), [])
  })
})
