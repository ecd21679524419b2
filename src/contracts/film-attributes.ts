import { z } from 'zod'

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

const label = z.string().max(64)

/**
 * What is kept about a film on purpose, and all that is kept: nothing here names a person.
 * Absent means that the sender did not say.
 */
export const filmAttributesSchema = z.object({
  ageBand: ageBandSchema.optional(),
  sex: sexSchema.optional(),
  /** Day of the exposure in the clinic's own time zone, `YYYY-MM-DD`. */
  acquisitionDay: z.iso.date().optional(),
  modality: z.string().max(16).optional(),
  bodyPart: label.optional(),
  viewPosition: z.string().max(16).optional(),
  /** Image Laterality or Laterality: L, R, B (both) or U (unpaired). */
  laterality: z.enum(['L', 'R', 'B', 'U']).optional(),
  maker: label.optional(),
  model: label.optional(),
  detector: label.optional(),
  softwareVersion: label.optional(),
  /** Tube voltage in kV. */
  kvp: z.number().positive().optional(),
  /** Exposure index as IEC 62494-1 defines it. */
  exposureIndex: z.number().optional(),
  deviationIndex: z.number().optional(),
  rows: z.int().positive().optional(),
  columns: z.int().positive().optional(),
  photometricInterpretation: z.string().max(16).optional(),
  /** Millimetres per pixel at the detector, rows then columns. */
  imagerPixelSpacingMm: z.tuple([z.number().positive(), z.number().positive()]).optional(),
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
