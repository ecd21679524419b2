import { hex, model } from './finding-samples.ts'
import { invalid, type Sample, valid, without } from './sample-kit.ts'

const otherId = '4f6c1c52-9f0e-4a57-8a52-0c9f3b0f7a11'
const receivedAt = '2026-03-14T08:15:30.125Z'
const audit = { who: 'registry clerk', why: 'asked for by letter', at: receivedAt }
const position = { topic: 'hip.images.v1', partition: 7, offset: '9007199254740993' }

const withheld = { siteId: 'lisbon-1', spoolId: otherId, sequence: 413, at: receivedAt }
const announcement = {
  announcementId: otherId,
  siteId: 'lisbon-1',
  change: 'detector',
  from: '2026-05-03',
  text: 'new detector in room 2',
  who: 'chief radiographer',
  at: receivedAt,
}
const phantom = {
  phantomId: otherId,
  siteId: 'lisbon-1',
  spoolId: otherId,
  sequence: 414,
  receivedAt,
  readAt: receivedAt,
  image: position,
  attributes: { maker: 'Example Imaging', acquisitionDay: '2026-03-14' },
  statistics: { softTissueLevel: 0.4, backgroundLevel: 0.02, noise: 0.01, entropy: 7.1, exposedShare: 0.8 },
  readings: [{ model, severity: -0.5 }],
}
const canary = {
  canaryId: otherId,
  film: hex('5'),
  readAt: receivedAt,
  model,
  provider: 'cpu',
  runtimeVersion: '1.30.0',
  expected: { normal: 0.5, osteopenia: 0.3, osteoporosis: 0.2 },
  read: { normal: 0.5, osteopenia: 0.3, osteoporosis: 0.2 },
}
const history = {
  historyId: otherId,
  siteId: 'lisbon-1',
  subjectKey: hex('c'),
  receivedAt,
  attributes: { ageBand: '70-74', sex: 'F' },
  outcome: {
    kind: 'finding',
    film: hex('4'),
    model,
    finder: { name: 'hip-finder', version: '1.0.0', digest: hex('9') },
    eligible: true,
    statistics: { softTissueLevel: 0.4, backgroundLevel: 0.02, noise: 0.01, entropy: 7.1, exposedShare: 0.8 },
    densityClass: 'osteopenia',
    probabilities: { normal: 0.1, osteopenia: 0.6, osteoporosis: 0.3 },
    severity: -1.75,
    tScore: -1.75,
  },
}
const report = {
  reportId: hex('3'),
  scope: { kind: 'region', id: 'Lisbon' },
  window: { kind: 'month', start: '2026-03-01' },
  method: 'severity-aware',
  methodVersion: 1,
  revision: 1,
  cut: { topics: [{ topic: 'hip.verdicts.v1', offsets: ['17', '4'] }], generation: 0 },
  provisional: true,
  madeAt: receivedAt,
  body: { n: 312, osteoporosis: { estimate: 0.171, low: 0.141, high: 0.203 } },
}
const population = {
  populationId: otherId,
  region: 'Lisbon',
  year: 2026,
  sex: 'F',
  ageBand: '70-74',
  residents: 81_000,
  source: 'statistics office',
  ...audit,
}

/** Samples of what the monitor and the clinics' own words need. */
export const monitorSamples: Readonly<Record<string, readonly Sample[]>> = {
  'withheld.v1': [
    valid('an opt-out', withheld),
    invalid('with something of the film', { ...withheld, sequence: 0 }),
  ],
  'announcement.v1': [
    valid('a new detector', announcement),
    invalid('a change that is not on the list', { ...announcement, change: 'mood' }),
    invalid('nothing said', { ...announcement, text: '' }),
  ],
  'phantom-reading.v1': [
    valid('a quality film', phantom),
    invalid('without its image statistics', without(phantom, 'statistics')),
  ],
  'canary-reading.v1': [
    valid('a film that never changes', canary),
    invalid('a probability above one', { ...canary, read: { ...canary.read, normal: 1.5 } }),
  ],
  'history-reading.v1': [
    valid('a drawn person', history),
    valid('a drawn refusal', { ...history, outcome: { kind: 'rejected', reason: 'CUT_OFF' } }),
    invalid('a reading without its finder', {
      ...history,
      outcome: without(history.outcome, 'finder'),
    }),
    invalid('an outcome of no kind', { ...history, outcome: { kind: 'lost' } }),
  ],
  'report.v1': [
    valid('a month of a region', report),
    invalid('revision 0', { ...report, revision: 0 }),
    invalid('a scope of no kind', { ...report, scope: { kind: 'ward', id: '7' } }),
  ],
  'population.v1': [
    valid('residents of a region', population),
    invalid('an age in years', { ...population, ageBand: '72' }),
    invalid('fewer than nobody', { ...population, residents: -1 }),
  ],
}
