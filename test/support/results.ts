import { createHash, randomUUID } from 'node:crypto'
import type { FilmAttributes } from '../../src/contracts/film-attributes.ts'
import type { Receipt } from '../../src/contracts/receipt.ts'
import type {
  AttributedVerdict,
  DensityClass,
  HipFinding,
  VerdictOutcome,
} from '../../src/contracts/verdict.ts'

/** A 64-digit hex text that stands for a name. */
export const hex = (name: string): string => createHash('sha256').update(name).digest('hex')

const model = {
  name: 'tiny',
  version: '1.0.0',
  weightsDigest: hex('weights'),
  preprocessingDigest: hex('preprocessing'),
  thresholdsDigest: hex('thresholds'),
}

export type Told = {
  readonly film: string
  readonly offset: number
  readonly arrivalId?: string
  readonly partition?: number
  readonly siteId?: string
  readonly receivedAt?: string
  readonly person?: string
  readonly attempt?: number
  readonly attributes?: FilmAttributes
}

/** The receipt of an arrival. */
export const receiptOf = (told: Told): Receipt => ({
  arrivalId: told.arrivalId ?? randomUUID(),
  eventId: hex(told.film),
  siteId: told.siteId ?? 'north-1',
  receivedAt: told.receivedAt ?? '2026-03-10T10:00:00.000Z',
  subjectKey: hex(told.person ?? told.film),
  contentType: 'application/dicom',
  contentSize: 10,
  contentSha256: hex(`bytes of ${told.film}`),
  attributes: told.attributes ?? { ageBand: '70-74', sex: 'F' },
  attempt: told.attempt ?? 1,
  image: { topic: 'hip.images.v1', partition: told.partition ?? 0, offset: String(told.offset) },
})

/** A hip with one reading. */
export const hipOf = (side: HipFinding['side'], densityClass: DensityClass, eligible = true): HipFinding => ({
  side,
  box: [0, 0, 10, 10],
  regionScore: 0.9,
  warnings: [],
  eligible,
  readings: [
    {
      model,
      primary: true,
      probabilities: { normal: 0.2, osteopenia: 0.3, osteoporosis: 0.5 },
      densityClass,
      severity: -2,
      tScore: -2,
      embedding: Array.from({ length: 16 }, () => 0),
    },
  ],
})

export const finding = (hips: HipFinding[], pixels = 'pixels'): VerdictOutcome => ({
  kind: 'finding',
  pixelHash: hex(pixels),
  hips,
  warnings: [],
  statistics: { softTissueLevel: 1, backgroundLevel: 1, noise: 1, entropy: 1, exposedShare: 1 },
  provider: 'cpu',
  runtimeVersion: '1',
})

export const rejected: VerdictOutcome = {
  kind: 'rejected',
  reason: 'NOT_A_HIP',
  detail: '',
  pixelHash: hex('knee'),
}

export const deadLettered: Extract<VerdictOutcome, { kind: 'deadLettered' }> = {
  kind: 'deadLettered',
  code: 'FILE_CORRUPT',
  detail: '',
  size: 10,
  digest: hex('payload'),
  headers: {},
}

/** The verdict on an arrival; it repeats its receipt. */
export const verdictOf = (receipt: Receipt, outcome: VerdictOutcome): AttributedVerdict => ({
  ...receipt,
  attributed: true,
  screenedAt: '2026-03-10T10:00:05.000Z',
  outcome,
})

export const emptyBatch = {
  receipts: [],
  verdicts: [],
  referenceTests: [],
  corrections: [],
  alarms: [],
  sites: [],
}
