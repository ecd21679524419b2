import { unattributedSite } from '../../contracts/identifiers.ts'
import type {
  AttributedVerdict,
  FindingOutcome,
  UnattributedVerdict,
  Verdict,
  VerdictOutcome,
} from '../../contracts/verdict.ts'
import type { Columns } from '../../runtime/clickhouse.ts'
import { arrivalColumns, imageColumns, storedDay, storedInstant, storedSize } from './arrival-columns.ts'

const findingOf = (verdict: AttributedVerdict): FindingOutcome | undefined =>
  verdict.outcome.kind === 'finding' ? verdict.outcome : undefined

const reasonOf = (outcome: VerdictOutcome): string => {
  if (outcome.kind === 'rejected') return outcome.reason
  return outcome.kind === 'deadLettered' ? outcome.code : ''
}

const letterOf = ({ outcome }: Verdict) => (outcome.kind === 'deadLettered' ? outcome : undefined)

const attributeColumns: Columns<AttributedVerdict> = {
  age_band: ({ attributes }) => attributes.ageBand ?? '',
  sex: ({ attributes }) => attributes.sex ?? '',
  acquisition_day: ({ attributes }) => storedDay(attributes.acquisitionDay),
  modality: ({ attributes }) => attributes.modality ?? '',
  body_part: ({ attributes }) => attributes.bodyPart ?? '',
  view_position: ({ attributes }) => attributes.viewPosition ?? '',
  laterality: ({ attributes }) => attributes.laterality ?? '',
  maker: ({ attributes }) => attributes.maker ?? '',
  device_model: ({ attributes }) => attributes.model ?? '',
  detector: ({ attributes }) => attributes.detector ?? '',
  software_version: ({ attributes }) => attributes.softwareVersion ?? '',
  kvp: ({ attributes }) => attributes.kvp ?? null,
  exposure_index: ({ attributes }) => attributes.exposureIndex ?? null,
  deviation_index: ({ attributes }) => attributes.deviationIndex ?? null,
  pixel_rows: ({ attributes }) => storedSize(attributes.rows ?? 0),
  pixel_columns: ({ attributes }) => storedSize(attributes.columns ?? 0),
  photometric_interpretation: ({ attributes }) => attributes.photometricInterpretation ?? '',
  imager_pixel_spacing_mm: ({ attributes }) => attributes.imagerPixelSpacingMm ?? [],
  examination_reason: ({ attributes }) => attributes.reason ?? '',
}

/** Columns that every verdict has, whether or not its record could say which arrival it is. */
const outcomeColumns: Columns<Verdict> = {
  ...imageColumns,
  attempt: (verdict) => verdict.attempt,
  screened_at: (verdict) => storedInstant(verdict.screenedAt),
  kind: (verdict) => verdict.outcome.kind,
  reason: (verdict) => reasonOf(verdict.outcome),
  detail: ({ outcome }) => (outcome.kind === 'finding' ? '' : outcome.detail),
  letter_size: (verdict) => storedSize(letterOf(verdict)?.size ?? 0),
  letter_digest: (verdict) => letterOf(verdict)?.digest ?? '',
  letter_headers: (verdict) => letterOf(verdict)?.headers ?? {},
}

/** Columns of `verdicts`. */
export const verdictColumns: Columns<AttributedVerdict> = {
  ...arrivalColumns,
  appended_at: (verdict) => storedInstant(verdict.appendedAt),
  believed_at: (verdict) => storedInstant(verdict.believedAt),
  clock_fault: (verdict) => verdict.clockFault ?? '',
  first_offset: (verdict) => verdict.firstImage.offset,
  ...attributeColumns,
  ...outcomeColumns,
  pixel_hash: ({ outcome }) => ('pixelHash' in outcome ? (outcome.pixelHash ?? '') : ''),
  hips: (verdict) => findingOf(verdict)?.hips.length ?? 0,
  warnings: (verdict) => findingOf(verdict)?.warnings ?? [],
  soft_tissue_level: (verdict) => findingOf(verdict)?.statistics.softTissueLevel ?? null,
  background_level: (verdict) => findingOf(verdict)?.statistics.backgroundLevel ?? null,
  noise: (verdict) => findingOf(verdict)?.statistics.noise ?? null,
  entropy: (verdict) => findingOf(verdict)?.statistics.entropy ?? null,
  exposed_share: (verdict) => findingOf(verdict)?.statistics.exposedShare ?? null,
  finder_version: (verdict) => findingOf(verdict)?.finder?.version ?? '',
  finder_digest: (verdict) => findingOf(verdict)?.finder?.digest ?? '',
  provider: (verdict) => findingOf(verdict)?.provider ?? '',
  runtime_version: (verdict) => findingOf(verdict)?.runtimeVersion ?? '',
}

/** Columns of `unattributed`: verdicts on records that could not say which arrival they are. */
export const unattributedColumns: Columns<UnattributedVerdict> = {
  ...outcomeColumns,
  received_at: (verdict) => storedInstant(verdict.receivedAt),
}

const nobody = '00000000-0000-0000-0000-000000000000'

/** Columns of `image_records`: one row for each image record that has been answered. */
export const imageRecordColumns: Columns<Verdict> = {
  ...imageColumns,
  arrival_id: (verdict) => (verdict.attributed ? verdict.arrivalId : nobody),
  site_id: (verdict) => (verdict.attributed ? verdict.siteId : unattributedSite),
  received_at: (verdict) => storedInstant(verdict.receivedAt),
}
