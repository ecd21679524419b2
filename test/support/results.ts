import { createHash } from 'node:crypto'
import type { FilmAttributes } from '../../src/contracts/film-attributes.ts'
import type { ResultBatch, StoredReceipt } from '../../src/contracts/ports.ts'
import type {
  AttributedVerdict,
  DensityClass,
  HipFinding,
  VerdictOutcome,
} from '../../src/contracts/verdict.ts'

/** An arrival id of an instant; the same name gives the same one. */
export const arrivalIdOf = (name: string, receivedAt: string): string => {
  const [time, rest] = [Date.parse(receivedAt).toString(16).padStart(12, '0'), hex(name)]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`
}

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

let arrivals = 0

/** The receipt of an arrival. */
export const receiptOf = (told: Told): StoredReceipt & { readonly attempt: number } => {
  const receivedAt = told.receivedAt ?? '2026-03-10T10:00:00.000Z'
  arrivals += 1
  return {
    arrivalId: told.arrivalId ?? arrivalIdOf(`arrival ${arrivals}`, receivedAt),
    eventId: hex(told.film),
    siteId: told.siteId ?? 'north-1',
    spoolId: '0b8f3a52-1c5d-4e6f-8a7b-9c0d1e2f3a4b',
    sequence: arrivals,
    receivedAt,
    sentAt: receivedAt,
    subjectKey: hex(told.person ?? told.film),
    subjectFrom: 'patient',
    contentType: 'application/dicom',
    contentSize: 10,
    contentSha256: hex(`bytes of ${told.film}`),
    lane: 'live',
    attributesSha256: hex('attributes'),
    keyId: 'k1',
    signature: `${'A'.repeat(86)}==`,
    image: { topic: 'hip.images.v1', partition: told.partition ?? 0, offset: String(told.offset) },
    toldAt: receivedAt,
    attempt: told.attempt ?? 1,
  }
}

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
  finder: { name: 'hip-finder', version: '1.0.0', digest: hex('finder') },
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
export const verdictOf = (
  receipt: StoredReceipt & { readonly attempt?: number },
  outcome: VerdictOutcome,
  attributes: FilmAttributes = { ageBand: '70-74', sex: 'F' },
): AttributedVerdict => ({
  ...receipt,
  attempt: receipt.attempt ?? 1,
  attributed: true,
  attributes,
  firstImage: receipt.image,
  appendedAt: receipt.receivedAt,
  believedAt: receipt.receivedAt,
  screenedAt: '2026-03-10T10:00:05.000Z',
  outcome,
})

export const emptyBatch: ResultBatch = {
  receipts: [],
  verdicts: [],
  referenceTests: [],
  corrections: [],
  alarms: [],
  sites: [],
  commands: [],
  withheld: [],
  announcements: [],
  phantoms: [],
  canaries: [],
  history: [],
  reports: [],
  populations: [],
}
