import type { HistoryReading } from '../../src/contracts/history-reading.ts'
import { hex, primaryModel, uuid } from './films.ts'

const statistics = { softTissueLevel: 3, backgroundLevel: 1, noise: 2, entropy: 4, exposedShare: 0.5 }

/** A drawn person of a history; `more` replaces what it says. */
export const drawn = (name: string, more: Partial<HistoryReading> = {}): HistoryReading => ({
  historyId: uuid(`history ${name}`),
  siteId: 'lisbon',
  subjectKey: hex(`drawn ${name}`),
  receivedAt: '2026-03-10T09:15:00.000Z',
  attributes: { ageBand: '70-74', sex: 'F', acquisitionDay: '2026-03-10', maker: 'Demo Medical', kvp: 75 },
  outcome: {
    kind: 'finding',
    film: hex('film'),
    model: primaryModel,
    finder: { name: 'finder', version: '1.0.0', digest: hex('finder') },
    eligible: true,
    statistics,
    densityClass: 'osteoporosis',
    probabilities: { normal: 0.1, osteopenia: 0.2, osteoporosis: 0.7 },
    severity: 1.25,
  },
  ...more,
})
