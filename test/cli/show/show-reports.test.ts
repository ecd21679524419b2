import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { joinReports } from '../../../src/analytics/prevalence/join-reports.ts'
import type { Prevalence } from '../../../src/analytics/prevalence/read-prevalence.ts'
import { prevalenceLines } from '../../../src/cli/show/show-prevalence.ts'
import { explainLines, reportLines, restatementLines } from '../../../src/cli/show/show-reports.ts'
import { type Report, type ReportScope, reportSchema } from '../../../src/contracts/report.ts'
import { makeReport } from '../../../src/monitor/make-report.ts'
import { type Asked, card, countsOf, everybody, october, readerCard } from '../../monitor/window-counts.ts'

const many = { normal: 220, osteopenia: 240, osteoporosis: 140 }

const reportOf = (asked: Asked, revision = 1, scope: ReportScope = everybody): Report => {
  const inputs = {
    scope,
    window: october,
    counts: [countsOf({ ...asked, scope })],
    cards: [readerCard],
    now: new Date('2026-11-02T06:00:00.000Z'),
    cut: { topics: [{ topic: 'hip.verdicts.v1', offsets: ['12', '9'] }], generation: 1 },
  }
  return reportSchema.parse({ ...makeReport(inputs, new Uint8Array(32)), revision })
}

describe('reports for a person', () => {
  test('show raw beside corrected, both numbers of people, and what is missed', () => {
    const text = reportLines([reportOf({ counts: many })]).join('\n')
    assert.match(
      text,
      /^all +2026-10 +synthetic +600 +23\.3 \(20\.1–26\.9\) +\d+\.\d \(.+–.+\) +600 and 572 +\d+ \(\d+–\d+\) of \d+ +provisional$/m,
    )
    assert.match(text, /simulated people; among people of 50 and over/)
    assert.deepEqual(reportLines([]), [
      'no report yet: the monitor has seen nobody of 50 and over with a film of a hip',
    ])
  })

  test('say why there is no corrected figure instead of one', () => {
    const text = reportLines([reportOf({ counts: many, domain: 'real' })]).join('\n')
    assert.match(
      text,
      /^all +2026-10 +real +600 +23\.3 .* none: accuracy was measured on simulated films +– +– /m,
    )
    assert.match(text, /unvalidated model output/)
  })

  test('restatements go from revision to revision of one scope', () => {
    const revisions = [
      reportOf({ counts: many }),
      reportOf({ counts: { ...many, normal: 221 } }, 2),
      reportOf({ counts: many }, 1, { kind: 'region', id: 'North' }),
    ]
    const rows = restatementLines(revisions)[0]?.split('\n') ?? []
    assert.equal(rows.length, 2)
    assert.match(rows[1] ?? '', /^all +2026-10 +2 +2026-11-02T06:00:00\.000Z +600 → 601 /)
    assert.deepEqual(restatementLines(revisions.slice(0, 1)), ['nothing was restated'])
  })

  test('explain leads from counts to the number: card, matrix, shares, cut and seed', () => {
    const text = explainLines(reportOf({ counts: many }), [card]).join('\n')
    for (const part of [
      /method prevalence version 1, report [0-9a-f]{64}/,
      /seed of the bootstraps \d+; cards [0-9a-f]{12}/,
      /data up to hip\.verdicts\.v1 12 9\ntables of generation 1/,
      /called osteoporosis 140, osteopenia 240, normal 220/,
      /called osteoporosis: 93, 68, 0/,
      // (93 + 1/3) / 102
      /^ {2}0\.9150 {2}/m,
      /live shares q: 0\.2333 {2}0\.4000 {2}0\.3667/,
      /of an estimated \d+ \(\d+–\d+\) people with osteoporosis the operating point flags/,
    ])
      assert.match(text, part)
  })
})

describe('prevalence for a person', () => {
  const notYet = { kind: 'no-answer', reason: 'not-validated', detail: 'not reported' } as const
  const raw: Prevalence = {
    region: 'North',
    month: '2026-10',
    domain: 'synthetic',
    n: 600,
    counts: many,
    raw: { kind: 'no-answer', reason: 'empty', detail: 'left out here' },
    corrected: notYet,
    missed: notYet,
    unreadableShare: 0,
    osteoporosisBounds: { kind: 'no-answer', reason: 'empty', detail: 'left out here' },
    implausibleFilms: 0,
    modelDigests: [],
    caption: 'among people',
    label: 'simulated people',
  }

  test('takes the corrected share of its own region, month and domain, and of no other', () => {
    const reports = [reportOf({ counts: many }, 1, { kind: 'region', id: 'North' })]
    const [joined, other, real] = joinReports(
      [raw, { ...raw, month: '2026-09' }, { ...raw, domain: 'real' }],
      reports,
    )
    assert.equal(joined?.corrected.kind, 'answer')
    assert.deepEqual([other?.corrected, real?.corrected], [notYet, notYet])
    const text = prevalenceLines([...(joined ? [joined] : []), ...(other ? [other] : [])]).join('\n')
    assert.match(text, /^North +2026-10 +600 .* 600 and 572 +\d+ \(\d+–\d+\) of \d+/m)
    assert.match(text, /^North +2026-09 +600 .* none: not reported +– +–/m)
    assert.match(text, /^severity-aware: more films (?:would help|will not help)$/m)
  })
})
