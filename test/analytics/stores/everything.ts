import type { ResultBatch } from '../../../src/contracts/ports.ts'
import { referenceTestSchema } from '../../../src/contracts/reference-test.ts'
import {
  at,
  batchOf,
  deadLetter,
  deliveryId,
  finding,
  hex,
  hipOf,
  primaryModel,
  receiptOf,
  rejection,
  siteOf,
  unattributedOf,
  uuid,
  verdictOf,
} from '../films.ts'

const who = { who: 'data steward', why: 'asked for', at: '2026-03-11T00:00:00.000Z' }

/** One of everything that a sink may write. */
export const everything: ResultBatch = batchOf({
  receipts: [receiptOf({ film: 'f1' }, at(5)), receiptOf({ film: 'f2', link: 'n1' }, at(6))],
  verdicts: [
    verdictOf({ film: 'f1' }, at(5), finding('p1', [hipOf('left', 'osteopenia'), hipOf('right', 'normal')])),
    verdictOf({ film: 'f2', link: 'n1' }, at(6), rejection('CUT_OFF', 'p2')),
    verdictOf({ film: 'f3' }, at(7), deadLetter('FILE_CORRUPT')),
    unattributedOf(at(8), 'EVENT_SCHEMA_INVALID'),
  ],
  referenceTests: [
    referenceTestSchema.parse({
      testId: hex('test'),
      siteId: 'lisbon',
      subjectKey: hex('person f1'),
      measuredOn: '2026-02-01',
      method: 'DXA',
      region: 'femoral-neck',
      side: 'left',
      tScore: -2.5,
      afterTherapyStart: false,
    }),
  ],
  corrections: [
    { kind: 'erase', correctionId: uuid('c1'), siteId: 'lisbon', subjectKey: hex('x'), ...who },
    {
      kind: 'retract',
      correctionId: uuid('c2'),
      siteId: 'lisbon',
      eventId: hex('x'),
      arrivalId: deliveryId('x'),
      ...who,
    },
  ],
  alarms: [
    {
      alarmId: uuid('alarm'),
      kind: 'ledger-unbalanced',
      severity: 'critical',
      scope: 'engine',
      title: 'rows are missing',
      raisedAt: '2026-03-11T00:00:00.000Z',
      evidence: { lost: 1, site: 'lisbon' },
      runbook: 'docs/runbook/ledger-unbalanced.md',
    },
  ],
  sites: [siteOf('lisbon', 'south', 'Europe/Lisbon')],
  commands: [{ kind: 'acknowledge', commandId: uuid('k1'), alarmId: uuid('alarm'), ...who }],
  withheld: [{ siteId: 'lisbon', spoolId: uuid('spool one'), sequence: 9, at: who.at }],
  announcements: [
    {
      announcementId: uuid('a1'),
      siteId: 'lisbon',
      change: 'detector',
      from: '2026-05-03',
      text: 'new detector in room 2',
      who: 'chief radiographer',
      at: who.at,
    },
  ],
  phantoms: [
    {
      phantomId: uuid('ph1'),
      siteId: 'lisbon',
      spoolId: uuid('spool one'),
      sequence: 10,
      receivedAt: who.at,
      readAt: who.at,
      image: at(90),
      attributes: { maker: 'Example Imaging', acquisitionDay: '2026-03-11' },
      statistics: {
        softTissueLevel: 0.5,
        backgroundLevel: 0.1,
        noise: 0.02,
        entropy: 6.5,
        exposedShare: 0.8,
      },
      readings: [{ model: primaryModel, severity: -1 }],
    },
  ],
  canaries: [
    {
      canaryId: uuid('ca1'),
      film: hex('canary'),
      readAt: who.at,
      model: primaryModel,
      provider: 'cpu',
      runtimeVersion: '1.30.0',
      expected: { normal: 0.5, osteopenia: 0.3, osteoporosis: 0.2 },
      read: { normal: 0.5, osteopenia: 0.25, osteoporosis: 0.25 },
    },
  ],
  history: [
    {
      historyId: uuid('h1'),
      siteId: 'lisbon',
      subjectKey: hex('drawn'),
      receivedAt: who.at,
      attributes: { ageBand: '70-74' },
      outcome: { kind: 'rejected', reason: 'CUT_OFF' },
    },
  ],
  reports: [
    {
      reportId: hex('report'),
      scope: { kind: 'region', id: 'south' },
      window: { kind: 'month', start: '2026-03-01' },
      method: 'severity-aware',
      methodVersion: 1,
      revision: 1,
      cut: { topics: [{ topic: 'hip.verdicts.v1', offsets: ['4'] }], generation: 0 },
      provisional: true,
      madeAt: who.at,
      body: { n: 312 },
    },
  ],
  populations: [
    {
      populationId: uuid('po1'),
      region: 'south',
      year: 2026,
      sex: 'F',
      ageBand: '70-74',
      residents: 81_000,
      source: 'statistics office',
      ...who,
    },
  ],
})
