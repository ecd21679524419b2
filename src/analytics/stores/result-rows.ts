import { createHash } from 'node:crypto'
import type { RecordPosition } from '../../contracts/identifiers.ts'
import type { Arrival, Receipt } from '../../contracts/receipt.ts'
import type {
  AttributedVerdict,
  HipFinding,
  ModelIdentity,
  UnattributedVerdict,
  VerdictOutcome,
} from '../../contracts/verdict.ts'

const offsetBits = 48n

/** A later attempt wins; within an attempt the record that Kafka stored first. */
export const versionOf = (attempt: number, image: RecordPosition): string =>
  String((BigInt(attempt) << offsetBits) + ((1n << offsetBits) - 1n - BigInt(image.offset)))

const positionColumns = (image: RecordPosition) => ({
  image_topic: image.topic,
  image_partition: image.partition,
  image_offset: image.offset,
})

const arrivalColumns = (arrival: Arrival) => ({
  event_id: arrival.eventId,
  arrival_id: arrival.arrivalId,
  site_id: arrival.siteId,
  received_at: arrival.receivedAt,
  subject_key: arrival.subjectKey,
  link_key: arrival.linkKey ?? '',
  content_type: arrival.contentType,
  content_size: arrival.contentSize,
  content_sha256: arrival.contentSha256,
  attributes: JSON.stringify(arrival.attributes),
})

/** A row of `receipts`. */
export const receiptRow = (receipt: Receipt) => ({
  ...arrivalColumns(receipt),
  ...positionColumns(receipt.image),
  attempt: receipt.attempt,
  version: versionOf(receipt.attempt, receipt.image),
})

const outcomeColumns = (outcome: VerdictOutcome) => {
  switch (outcome.kind) {
    case 'finding':
      return {
        kind: outcome.kind,
        pixel_hash: outcome.pixelHash,
        warnings: outcome.warnings,
        soft_tissue_level: outcome.statistics.softTissueLevel,
        background_level: outcome.statistics.backgroundLevel,
        noise: outcome.statistics.noise,
        entropy: outcome.statistics.entropy,
        exposed_share: outcome.statistics.exposedShare,
        provider: outcome.provider,
        runtime_version: outcome.runtimeVersion,
      }
    case 'rejected':
      return {
        kind: outcome.kind,
        reason: outcome.reason,
        detail: outcome.detail,
        pixel_hash: outcome.pixelHash ?? '',
      }
    case 'deadLettered':
      return { kind: outcome.kind, ...deadLetterColumns(outcome) }
  }
}

const deadLetterColumns = (outcome: Extract<VerdictOutcome, { kind: 'deadLettered' }>) => ({
  code: outcome.code,
  detail: outcome.detail,
  payload_size: outcome.size,
  payload_digest: outcome.digest,
  payload_headers: JSON.stringify(outcome.headers),
})

/** A row of `verdicts`. */
export const verdictRow = (verdict: AttributedVerdict) => ({
  ...arrivalColumns(verdict),
  ...positionColumns(verdict.image),
  ...outcomeColumns(verdict.outcome),
  age_band: verdict.attributes.ageBand ?? '',
  sex: verdict.attributes.sex ?? '',
  acquisition_day: verdict.attributes.acquisitionDay ?? null,
  maker: verdict.attributes.maker ?? '',
  examination_reason: verdict.attributes.reason ?? '',
  attempt: verdict.attempt,
  screened_at: verdict.screenedAt,
  version: versionOf(verdict.attempt, verdict.image),
})

/** A row of `unattributed`. */
export const unattributedRow = (verdict: UnattributedVerdict) => ({
  pointer: verdict.pointer,
  received_at: verdict.receivedAt,
  ...positionColumns(verdict.image),
  ...(verdict.outcome.kind === 'deadLettered' ? deadLetterColumns(verdict.outcome) : {}),
  screened_at: verdict.screenedAt,
  version: versionOf(verdict.attempt, verdict.image),
})

/** One digest of everything that a reading depends on. */
export const modelDigestOf = (model: ModelIdentity): string =>
  createHash('sha256')
    .update([model.weightsDigest, model.preprocessingDigest, model.thresholdsDigest].join(' '))
    .digest('hex')

const hipRows = (verdict: AttributedVerdict, hip: HipFinding, index: number) =>
  hip.readings.map((reading) => ({
    event_id: verdict.eventId,
    arrival_id: verdict.arrivalId,
    site_id: verdict.siteId,
    received_at: verdict.receivedAt,
    hip: hip.side === 'unknown' ? `unknown-${index + 1}` : hip.side,
    model_digest: modelDigestOf(reading.model),
    model_name: reading.model.name,
    model_version: reading.model.version,
    weights_digest: reading.model.weightsDigest,
    preprocessing_digest: reading.model.preprocessingDigest,
    thresholds_digest: reading.model.thresholdsDigest,
    is_primary: reading.primary,
    eligible: hip.eligible,
    warnings: hip.warnings,
    region_score: hip.regionScore,
    box: hip.box,
    p_normal: reading.probabilities.normal,
    p_osteopenia: reading.probabilities.osteopenia,
    p_osteoporosis: reading.probabilities.osteoporosis,
    density_class: reading.densityClass,
    severity: reading.severity,
    t_score: reading.tScore ?? null,
    embedding: reading.embedding,
    disagreement: hip.disagreement ?? null,
    version: versionOf(verdict.attempt, verdict.image),
  }))

/** Rows of `findings`: one for each hip and model. */
export const findingRows = (verdict: AttributedVerdict) =>
  verdict.outcome.kind === 'finding'
    ? verdict.outcome.hips.flatMap((hip, index) => hipRows(verdict, hip, index))
    : []
