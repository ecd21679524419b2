import { z } from 'zod'

/** Why a readable file is not scored; what a clinic is told of each stands in `refusal-texts.ts`. */
export const rejectionReasons = [
  'FILE_TOO_LARGE',
  'TOO_MANY_PIXELS',
  'TOO_FEW_PIXELS',
  'DIMENSIONS_MISMATCH',
  'NO_PIXEL_DATA',
  'WRONG_MODALITY',
  'RAW_IMAGE',
  'COLOUR_PHOTOGRAPH',
  'NOT_A_HIP',
  'NOT_AP_VIEW',
  'UNDER_18',
  'OPEN_GROWTH_PLATES',
  'HIP_UNREADABLE',
  'POOR_EXPOSURE',
  'CUT_OFF',
  'BURNED_IN_ANNOTATION',
] as const
export const rejectionReasonSchema = z.enum(rejectionReasons)
export type RejectionReason = z.infer<typeof rejectionReasonSchema>

/** Why a hip is scored without a vote, or a film carries a warning. */
export const filmWarnings = [
  'METAL_NEAR_HIP',
  'IMPLANT_IN_HIP',
  'FRACTURE_IN_HIP',
  'CEMENT_IN_HIP',
  'CUT_OFF_HIP',
  'SIDE_IN_DOUBT',
  'AGE_MISSING',
  'AGE_18_TO_49',
  'POOR_EXPOSURE',
  'OBJECT_OVER_REGION',
  'DATE_IMPLAUSIBLE',
] as const
export const filmWarningSchema = z.enum(filmWarnings)
export type FilmWarning = z.infer<typeof filmWarningSchema>

/** Why a record cannot be processed; it goes to the dead letters with one of these. */
export const deadLetterCodes = [
  'EVENT_SCHEMA_INVALID',
  'EVENT_CONTENT_TYPE_UNSUPPORTED',
  'EVENT_SIZE_MISMATCH',
  'EVENT_HASH_MISMATCH',
  'SITE_UNKNOWN',
  'SITE_SIGNATURE_INVALID',
  'ATTEMPT_NOT_VOUCHED',
  'CONTROL_NOT_VOUCHED',
  'RECORD_MISPLACED',
  'PAYLOAD_EMPTY',
  'PAYLOAD_REFERENCE_REFUSED',
  'PAYLOAD_EXPIRED',
  'RECORD_EXPIRED',
  'FILE_CORRUPT',
  'ENCODING_UNSUPPORTED',
  'DECODE_TIMEOUT',
  'DECODE_CRASHED',
  'MODEL_OUTPUT_NOT_FINITE',
  'INFERENCE_TIMEOUT',
  'INFERENCE_CRASHED',
  'ENGINE_FAULT',
  'SET_ASIDE',
] as const
export const deadLetterCodeSchema = z.enum(deadLetterCodes)
export type DeadLetterCode = z.infer<typeof deadLetterCodeSchema>
