import type { DeadLetterCode, FilmWarning, RejectionReason } from './reasons.ts'

/** Languages in which a person at a clinic can be told of a refusal; a new one is a new list below. */
export const refusalLanguages = ['en'] as const
export type RefusalLanguage = (typeof refusalLanguages)[number]

/** Why a film was not read, and what could be done about it without another exposure. */
export type RefusalText = { readonly why: string; readonly instead?: string }

type RefusalTexts = {
  /** Stands in every text: that nothing was read, and so nothing was found. */
  readonly noResult: string
  /** Stands in every text: nobody is exposed again for this service. */
  readonly noRepeat: string
  /** Puts the parts of a text together. */
  readonly join: (parts: {
    readonly what: 'film' | 'hip'
    readonly why: string
    readonly noResult: string
    readonly noRepeat: string
    readonly instead: string | undefined
  }) => string
  readonly texts: Readonly<Record<RejectionReason | DeadLetterCode, RefusalText>>
  /** Why a hip beside or without another that was read has no class. */
  readonly hips: Readonly<Record<FilmWarning, string>>
}

const resend = 'the same film can be sent again from the archive'
const hidden = 'something in or over it kept the program from reading it; what it is was not judged'
const tellOperator = 'the operator of this service can look into it; the film need not be sent by hand'

const english: RefusalTexts = {
  noResult: 'this is neither a result nor a finding: report the film as usual',
  noRepeat: 'do not repeat the exposure for us',
  join: ({ what, why, noResult, noRepeat, instead }) =>
    `${what === 'film' ? 'not read' : 'no class'}: ${why}; ${noResult}; ${noRepeat}${instead === undefined ? '' : `; ${instead}`}`,
  texts: {
    FILE_TOO_LARGE: {
      why: 'the file is larger than 64 MB',
      instead: 'the single film can be sent, not the series',
    },
    TOO_MANY_PIXELS: {
      why: 'the film has more pixels than any X-ray detector',
      instead: 'the original film can be sent, not an enlarged copy',
    },
    TOO_FEW_PIXELS: {
      why: 'the film has too few pixels to show the structure of bone',
      instead: 'the original film can be sent, not a preview',
    },
    DIMENSIONS_MISMATCH: {
      why: 'rows and columns do not match the pixel data',
      instead: resend,
    },
    NO_PIXEL_DATA: {
      why: 'the object holds no image (a report or a presentation state)',
      instead: 'the film itself can be sent',
    },
    WRONG_MODALITY: {
      why: 'only projection X-rays (CR, DX, RF) are read',
      instead: 'a plain film that was taken already can be sent',
    },
    RAW_IMAGE: {
      why: 'this is a raw image (for processing), as the detector measured it',
      instead: 'the processed film (for presentation) of the same exposure can be sent',
    },
    COLOUR_PHOTOGRAPH: {
      why: 'this is a picture in colour',
      instead: 'the X-ray itself can be sent, not a photograph of it',
    },
    NOT_A_HIP: {
      why: 'no hip was recognised on the film',
      instead: 'a film of the hip or pelvis that was taken already can be sent',
    },
    NOT_AP_VIEW: {
      why: 'the hip is not seen from the front',
      instead: 'an AP view of the same visit can be sent where there is one',
    },
    UNDER_18: { why: 'the person is under 18, and the classes apply to adults' },
    OPEN_GROWTH_PLATES: {
      why: 'the film looks like one of a person who is still growing, and the classes apply to adults',
    },
    HIP_UNREADABLE: {
      why: 'something in or over each hip kept the program from reading it; what it is was not judged',
    },
    POOR_EXPOSURE: {
      why: 'the film is too dark, too light or saturated over the femur for the program',
      instead: 'the same exposure can be sent with other processing where the archive has it',
    },
    CUT_OFF: { why: 'the proximal femur is not wholly on the film' },
    BURNED_IN_ANNOTATION: {
      why: 'the header says that text is burned into the pixels, which may name somebody',
      instead: 'the same film can be sent without the text',
    },
    EVENT_SCHEMA_INVALID: {
      why: 'the sending program wrote a header that cannot be used',
      instead: tellOperator,
    },
    EVENT_CONTENT_TYPE_UNSUPPORTED: {
      why: 'the sending program named a kind of file that is not read',
      instead: tellOperator,
    },
    EVENT_SIZE_MISMATCH: { why: 'the film did not arrive whole', instead: resend },
    EVENT_HASH_MISMATCH: {
      why: 'the film that arrived is not the one that was signed',
      instead: tellOperator,
    },
    SITE_UNKNOWN: { why: 'the clinic is not in the register', instead: tellOperator },
    SITE_SIGNATURE_INVALID: { why: "the clinic's signature could not be verified", instead: tellOperator },
    ATTEMPT_NOT_VOUCHED: {
      why: 'the film is marked as sent again by the engine, and the engine has not signed that',
      instead: tellOperator,
    },
    CONTROL_NOT_VOUCHED: {
      why: 'a record that steers the engine is signed by nobody',
      instead: tellOperator,
    },
    RECORD_MISPLACED: {
      why: 'the film stands in a place of the stream where it does not belong',
      instead: tellOperator,
    },
    PAYLOAD_EMPTY: { why: 'the file is empty', instead: resend },
    PAYLOAD_REFERENCE_REFUSED: {
      why: 'the sending program pointed to a place that is not allowed',
      instead: tellOperator,
    },
    PAYLOAD_EXPIRED: { why: 'the film is no longer in the store', instead: resend },
    RECORD_EXPIRED: { why: 'the film was kept for less time than it had to wait', instead: resend },
    FILE_CORRUPT: { why: 'the file is damaged or not written as it says', instead: resend },
    ENCODING_UNSUPPORTED: {
      why: 'the pixels are coded in a way that is not read',
      instead: 'the same film can be sent uncompressed, or as lossless JPEG or JPEG 2000',
    },
    DECODE_TIMEOUT: { why: 'decoding took too long', instead: tellOperator },
    DECODE_CRASHED: { why: 'decoding failed', instead: tellOperator },
    MODEL_OUTPUT_NOT_FINITE: { why: 'a model gave no number', instead: tellOperator },
    INFERENCE_TIMEOUT: { why: 'reading took too long', instead: tellOperator },
    INFERENCE_CRASHED: { why: 'reading failed', instead: tellOperator },
    ENGINE_FAULT: { why: 'the program itself failed at this film, more than once', instead: tellOperator },
    SET_ASIDE: {
      why: 'an operator set the film aside, because reading it never ended',
      instead: tellOperator,
    },
  },
  hips: {
    METAL_NEAR_HIP: hidden,
    IMPLANT_IN_HIP: hidden,
    FRACTURE_IN_HIP: hidden,
    CEMENT_IN_HIP: hidden,
    OBJECT_OVER_REGION: hidden,
    CUT_OFF_HIP: 'it is not wholly on the film',
    SIDE_IN_DOUBT: 'it is in doubt which side it is of',
    AGE_MISSING: 'the header gives no age, and the classes hold from 50 on',
    AGE_18_TO_49: 'the person is under 50, and the classes hold from 50 on',
    POOR_EXPOSURE: 'it is too dark, too light or saturated for the program',
    DATE_IMPLAUSIBLE: 'the date of the film cannot be',
  },
}

/** All that a person is told of refusals, by language. */
export const refusalTexts: Readonly<Record<RefusalLanguage, RefusalTexts>> = { en: english }

/** What a person at the clinic is told of a refusal: why, that it is no finding, that nothing is repeated, and what helps. */
export const refusalText = (
  refusal: RejectionReason | DeadLetterCode,
  language: RefusalLanguage = 'en',
): string => {
  const { noResult, noRepeat, join, texts } = refusalTexts[language]
  const { why, instead } = texts[refusal]
  return join({ what: 'film', why, noResult, noRepeat, instead })
}

/**
 * What a person at the clinic is told of a hip without a class: why, that it is no finding, and that nothing is repeated.
 * Signs that hide a hip are not named: nobody has diagnosed them.
 */
export const hipWithoutClassText = (
  warnings: readonly FilmWarning[],
  language: RefusalLanguage = 'en',
): string => {
  const { noResult, noRepeat, join, hips } = refusalTexts[language]
  const why = [...new Set(warnings.map((warning) => hips[warning]))].join(', ')
  return join({ what: 'hip', why, noResult, noRepeat, instead: undefined })
}
