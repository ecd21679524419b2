import { z } from 'zod'

/** Why a readable file is not scored; each is a sentence that a clinic can act on (see `rejectionAdvice`). */
export const rejectionReasons = [
  'FILE_TOO_LARGE',
  'TOO_MANY_PIXELS',
  'DIMENSIONS_MISMATCH',
  'NO_PIXEL_DATA',
  'WRONG_MODALITY',
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

/** What the clinic is told for each reason of rejection. */
export const rejectionAdvice: Readonly<Record<RejectionReason, string>> = {
  FILE_TOO_LARGE: 'the file is larger than 64 MB; send the single film, not a series',
  TOO_MANY_PIXELS: 'the film has more pixels than any X-ray detector; send the original film',
  DIMENSIONS_MISMATCH: 'rows and columns do not match the pixel data; send the film again from the modality',
  NO_PIXEL_DATA: 'the object holds no image (a report or a presentation state); send the film',
  WRONG_MODALITY: 'only projection X-rays (CR, DX, RF) are read; send the plain film',
  COLOUR_PHOTOGRAPH: 'this is a colour picture; send the X-ray itself, not a photograph of it',
  NOT_A_HIP: 'no hip was found on the film; send an AP view of the hip or pelvis',
  NOT_AP_VIEW: 'the hip is not seen from the front; send the AP view',
  UNDER_18: 'the person is under 18; the classes apply to adults',
  OPEN_GROWTH_PLATES: 'growth plates are open; the classes apply to adults',
  HIP_UNREADABLE: 'no hip on the film can be read (implant, fracture or cement in each)',
  POOR_EXPOSURE: 'the film is too dark, too light or saturated over the femur; repeat is not requested',
  CUT_OFF: 'the proximal femur is cut off by the edge of the film',
  BURNED_IN_ANNOTATION: 'the header says that text is burned into the pixels; send the film without it',
}

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
