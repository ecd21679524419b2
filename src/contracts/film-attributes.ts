import { z } from 'zod'
import {
  bodyParts,
  deviceLabelPattern,
  deviceMakers,
  filmModalities,
  photometricInterpretations,
  viewPositions,
} from './known-values.ts'

/** Age bands that leave the clinic; years are never sent. */
export const ageBands = [
  '0-17',
  '18-49',
  '50-54',
  '55-59',
  '60-64',
  '65-69',
  '70-74',
  '75-79',
  '80-84',
  '85-89',
  '90+',
] as const
export const ageBandSchema = z.enum(ageBands)
export type AgeBand = z.infer<typeof ageBandSchema>

export const sexSchema = z.enum(['F', 'M', 'O'])
export type Sex = z.infer<typeof sexSchema>

/** The side of a hip as the patient has it. */
export const sideSchema = z.enum(['left', 'right'])
export type Side = z.infer<typeof sideSchema>

export const examinationReasonSchema = z.enum(['trauma', 'pain', 'pre-operative', 'other'])
export type ExaminationReason = z.infer<typeof examinationReasonSchema>

/** Detectors have a tenth of a millimetre, scanned films up to one. */
const spacing = z.number().positive().max(10)

const deviceLabel = z.string().max(64).regex(deviceLabelPattern)

/**
 * What is kept about a film on purpose, and all that is kept: nothing here names a person, for each text is a known
 * value or a label of known words and short codes. Absent means that the sender did not say, or said something else.
 */
export const filmAttributesSchema = z.object({
  ageBand: ageBandSchema.optional(),
  sex: sexSchema.optional(),
  /** Day of the exposure in the clinic's own time zone, `YYYY-MM-DD`. */
  acquisitionDay: z.iso.date().optional(),
  modality: z.enum(filmModalities).optional(),
  bodyPart: z.enum(bodyParts).optional(),
  viewPosition: z.enum(viewPositions).optional(),
  /** Image Laterality or Laterality: L, R, B (both) or U (unpaired). */
  laterality: z.enum(['L', 'R', 'B', 'U']).optional(),
  maker: z.enum(deviceMakers).optional(),
  model: deviceLabel.optional(),
  detector: deviceLabel.optional(),
  softwareVersion: deviceLabel.optional(),
  /** Tube voltage in kV. */
  kvp: z.number().positive().max(500).optional(),
  /** Exposure index as IEC 62494-1 defines it. */
  exposureIndex: z.number().min(0).max(100_000).optional(),
  deviationIndex: z.number().min(-100).max(100).optional(),
  rows: z.int().positive().optional(),
  columns: z.int().positive().optional(),
  photometricInterpretation: z.enum(photometricInterpretations).optional(),
  /** Millimetres per pixel at the detector, rows then columns. */
  imagerPixelSpacingMm: z.tuple([spacing, spacing]).optional(),
  reason: examinationReasonSchema.optional(),
})
export type FilmAttributes = z.infer<typeof filmAttributesSchema>

/** The band of an age in whole years. */
export const ageBandOf = (years: number): AgeBand => {
  if (years < 18) return '0-17'
  if (years < 50) return '18-49'
  if (years >= 90) return '90+'
  const low = Math.floor(years / 5) * 5
  return ageBandSchema.parse(`${low}-${low + 4}`)
}
