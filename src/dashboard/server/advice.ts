import { deadLetterCodeSchema, rejectionReasonSchema } from '../../contracts/reasons.ts'
import { refusalText } from '../../contracts/refusal-texts.ts'

/** What a person is told of a reason or a code; empty where there is none. */
export const refusalTextOf = (reason: string): string => {
  const known = rejectionReasonSchema.or(deadLetterCodeSchema).safeParse(reason)
  return known.success ? refusalText(known.data) : ''
}
