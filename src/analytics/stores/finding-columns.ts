import { hash } from 'node:crypto'
import type { AttributedVerdict, HipFinding, ModelIdentity, Reading } from '../../contracts/verdict.ts'
import type { Columns } from '../../runtime/clickhouse.ts'
import { storedInstant } from './arrival-columns.ts'

/** What one model says of one hip of a film. */
export type HipReading = {
  readonly verdict: AttributedVerdict
  /** Its side; with a number where the side is unknown or another hip of the film has it already. */
  readonly name: string
  readonly hip: HipFinding
  readonly reading: Reading
}

/** One digest of everything that a reading depends on. */
export const modelDigestOf = (model: ModelIdentity): string =>
  hash('sha256', `${model.weightsDigest} ${model.preprocessingDigest} ${model.thresholdsDigest}`)

const nameOf = (hips: readonly HipFinding[], index: number): string => {
  const side = hips[index]?.side ?? 'unknown'
  const isTaken = hips.slice(0, index).some((hip) => hip.side === side)
  return side === 'unknown' || isTaken ? `${side}-${index + 1}` : side
}

/** Every reading of a verdict; a rejection or a dead letter has none. */
export const readingsOf = (verdict: AttributedVerdict): readonly HipReading[] => {
  if (verdict.outcome.kind !== 'finding') return []
  const { hips } = verdict.outcome
  return hips.flatMap((hip, index) => {
    const name = nameOf(hips, index)
    return hip.readings.map((reading) => ({ verdict, name, hip, reading }))
  })
}

/** Columns of `findings`. */
export const findingColumns: Columns<HipReading> = {
  site_id: ({ verdict }) => verdict.siteId,
  event_id: ({ verdict }) => verdict.eventId,
  arrival_id: ({ verdict }) => verdict.arrivalId,
  hip: ({ name }) => name,
  model_digest: ({ reading }) => modelDigestOf(reading.model),
  received_at: ({ verdict }) => storedInstant(verdict.receivedAt),
  box: ({ hip }) => hip.box,
  region_score: ({ hip }) => hip.regionScore,
  warnings: ({ hip }) => hip.warnings,
  eligible: ({ hip }) => hip.eligible,
  disagreement: ({ hip }) => hip.disagreement ?? null,
  model_name: ({ reading }) => reading.model.name,
  model_version: ({ reading }) => reading.model.version,
  weights_digest: ({ reading }) => reading.model.weightsDigest,
  preprocessing_digest: ({ reading }) => reading.model.preprocessingDigest,
  thresholds_digest: ({ reading }) => reading.model.thresholdsDigest,
  is_primary: ({ reading }) => reading.primary,
  density_class: ({ reading }) => reading.densityClass,
  p_normal: ({ reading }) => reading.probabilities.normal,
  p_osteopenia: ({ reading }) => reading.probabilities.osteopenia,
  p_osteoporosis: ({ reading }) => reading.probabilities.osteoporosis,
  severity: ({ reading }) => reading.severity,
  t_score: ({ reading }) => reading.tScore ?? null,
  embedding: ({ reading }) => reading.embedding,
  attempt: ({ verdict }) => verdict.attempt,
  image_topic: ({ verdict }) => verdict.image.topic,
  image_partition: ({ verdict }) => verdict.image.partition,
  image_offset: ({ verdict }) => verdict.image.offset,
}
