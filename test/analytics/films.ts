import { hash } from 'node:crypto'
import type { FilmAttributes } from '../../src/contracts/film-attributes.ts'
import type { RecordPosition } from '../../src/contracts/identifiers.ts'
import type { ResultBatch } from '../../src/contracts/ports.ts'
import type { DeadLetterCode, RejectionReason } from '../../src/contracts/reasons.ts'
import { type Arrival, type Receipt, receiptSchema } from '../../src/contracts/receipt.ts'
import { type Site, siteSchema } from '../../src/contracts/site.ts'
import { imagesTopic } from '../../src/contracts/topics.ts'
import {
  type DensityClass,
  type HipFinding,
  type ModelIdentity,
  type Verdict,
  type VerdictOutcome,
  verdictSchema,
} from '../../src/contracts/verdict.ts'

/** Hex of 64 digits that stands for a name. */
export const hex = (name: string): string => hash('sha256', name)

/** A UUID that stands for a name. */
export const uuid = (name: string): string => {
  const digits = hex(name)
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`
}

/** A position on the images topic. */
export const at = (offset: number, partition = 0): RecordPosition => ({
  topic: imagesTopic.name,
  partition,
  offset: String(offset),
})

export type FilmWords = {
  /** Names that stand for ids: the same name is the same film, delivery or person. */
  readonly film: string
  readonly delivery?: string
  readonly site?: string
  readonly person?: string
  readonly link?: string
  readonly receivedAt?: string
  readonly bytes?: string
  readonly attributes?: FilmAttributes
}

/** An arrival; what is not said is the same for every film. */
export const arrivalOf = (words: FilmWords): Arrival => ({
  arrivalId: uuid(words.delivery ?? words.film),
  eventId: hex(`film ${words.film}`),
  siteId: words.site ?? 'lisbon',
  receivedAt: words.receivedAt ?? '2026-03-10T09:15:00.000Z',
  subjectKey: hex(`person ${words.person ?? words.film}`),
  ...(words.link === undefined ? {} : { linkKey: hex(`link ${words.link}`) }),
  contentType: 'application/dicom',
  contentSize: 800_000,
  contentSha256: hex(`bytes ${words.bytes ?? words.film}`),
  attributes: words.attributes ?? { ageBand: '70-74', sex: 'F' },
})

/** A receipt of an arrival. */
export const receiptOf = (words: FilmWords, image: RecordPosition, attempt = 1): Receipt =>
  receiptSchema.parse({ ...arrivalOf(words), attempt, image })

const common = (image: RecordPosition, attempt: number) => ({
  image,
  attempt,
  screenedAt: '2026-03-10T09:16:00.000Z',
})

/** The verdict on an arrival. */
export const verdictOf = (
  words: FilmWords,
  image: RecordPosition,
  outcome: VerdictOutcome,
  attempt = 1,
): Verdict =>
  verdictSchema.parse({ attributed: true, ...arrivalOf(words), ...common(image, attempt), outcome })

/** The verdict on a record that could not say which arrival it is. */
export const unattributedOf = (image: RecordPosition, code: DeadLetterCode, attempt = 1): Verdict =>
  verdictSchema.parse({
    attributed: false,
    pointer: `${image.topic}:${image.partition}:${image.offset}`,
    receivedAt: '2026-03-10T10:00:00.000Z',
    ...common(image, attempt),
    outcome: deadLetter(code),
  })

export const deadLetter = (code: DeadLetterCode): VerdictOutcome => ({
  kind: 'deadLettered',
  code,
  detail: 'for a test',
  size: 12,
  digest: hex('payload'),
  headers: { 'content-type': 'application/dicom' },
})

export const rejection = (reason: RejectionReason, pixels?: string): VerdictOutcome => ({
  kind: 'rejected',
  reason,
  detail: '',
  ...(pixels === undefined ? {} : { pixelHash: hex(`pixels ${pixels}`) }),
})

export const primaryModel: ModelIdentity = {
  name: 'vit-small',
  version: '1.0.0',
  weightsDigest: hex('weights'),
  preprocessingDigest: hex('preprocessing'),
  thresholdsDigest: hex('thresholds'),
}
export const shadowModel: ModelIdentity = { ...primaryModel, name: 'resnet', weightsDigest: hex('other') }

const probabilitiesOf = {
  normal: { normal: 0.8, osteopenia: 0.15, osteoporosis: 0.05 },
  osteopenia: { normal: 0.2, osteopenia: 0.7, osteoporosis: 0.1 },
  osteoporosis: { normal: 0.05, osteopenia: 0.15, osteoporosis: 0.8 },
}

/** What one model says of a hip. */
export const readingOf = (
  densityClass: DensityClass,
  model = primaryModel,
): HipFinding['readings'][number] => ({
  model,
  primary: model === primaryModel,
  probabilities: probabilitiesOf[densityClass],
  densityClass,
  severity: -1.25,
  embedding: Array.from({ length: 16 }, (_, index) => index / 8),
})

/** A hip that the primary model has read. */
export const hipOf = (side: HipFinding['side'], densityClass: DensityClass, eligible = true): HipFinding => ({
  side,
  box: [10, 20, 300, 400],
  regionScore: 0.9,
  warnings: eligible ? [] : ['IMPLANT_IN_HIP'],
  eligible,
  readings: [readingOf(densityClass)],
})

/** A finding; films with the same `pixels` have the same picture. */
export const finding = (pixels: string, hips: HipFinding[] = [hipOf('left', 'normal')]): VerdictOutcome => ({
  kind: 'finding',
  pixelHash: hex(`pixels ${pixels}`),
  hips,
  warnings: [],
  statistics: { softTissueLevel: 0.5, backgroundLevel: 0.1, noise: 0.02, entropy: 6.5, exposedShare: 0.8 },
  finder: { name: 'hip-finder', version: '1.0.0', digest: hex('finder') },
  provider: 'cpu',
  runtimeVersion: '1.30.0',
})

/** A site of the registry. */
export const siteOf = (siteId: string, region: string, timeZone: string, more: Partial<Site> = {}): Site =>
  siteSchema.parse({
    siteId,
    name: `clinic ${siteId}`,
    region,
    timeZone,
    domain: 'synthetic',
    keys: [
      { keyId: 'k1', publicKey: `MCowBQYDK2VwAyEA${'A'.repeat(43)}=`, validFrom: '2020-01-01T00:00:00.000Z' },
    ],
    validFrom: '2020-01-01T00:00:00.000Z',
    ...more,
  })

/** A batch with nothing but what is given. */
export const batchOf = (some: Partial<ResultBatch>): ResultBatch => ({
  receipts: [],
  verdicts: [],
  referenceTests: [],
  corrections: [],
  alarms: [],
  sites: [],
  ...some,
})
