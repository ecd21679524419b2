import type { BookedArrival } from '../../analytics/stores/booking-reader.ts'
import { deadLetterCodeSchema, filmWarningSchema, rejectionReasonSchema } from '../../contracts/reasons.ts'
import { hipWithoutClassText, refusalText } from '../../contracts/refusal-texts.ts'
import type { FileReport } from '../../producers/ingest-path.ts'

/** A refusal as a person is told it: its name, the text, and what exactly is wrong where the gate has seen it. */
const tellRefusal = (booked: BookedArrival, detail: string | undefined): string => {
  const name = booked.kind === 'rejected' ? booked.reason : booked.code
  const known = rejectionReasonSchema.or(deadLetterCodeSchema).safeParse(name)
  const text = known.success ? `: ${refusalText(known.data)}` : ''
  const what = booked.kind === 'rejected' ? 'rejected' : 'dead letter'
  return `${what} ${name}${text}${detail === undefined ? '' : ` (${detail})`}`
}

/** A hip as it is booked: its class, or the names of what kept it from having one. */
const withoutClass = /^(\w+) no class \((.*)\)$/

const tellHip = (hip: string): string => {
  const [, side, names = ''] = withoutClass.exec(hip) ?? []
  if (side === undefined) return hip
  const warnings = names.split(', ').flatMap((name) => {
    const known = filmWarningSchema.safeParse(name)
    return known.success ? [known.data] : []
  })
  return `${side} ${hipWithoutClassText(warnings)}`
}

/** What became of a film in words: `detail` is what the gate saw of a file that it kept. */
export const describeBooking = (booked: BookedArrival | undefined, detail: string | undefined): string => {
  if (booked === undefined) return 'sent; no verdict yet'
  if (booked.kind === 'erased') return 'erased: the person opted out, or the delivery was retracted'
  const what =
    booked.kind === 'finding'
      ? `finding: ${booked.hips.map(tellHip).join(' | ')}`
      : tellRefusal(booked, detail)
  return booked.booking === 'duplicate' || booked.booking === 'conflict'
    ? `${booked.booking} (${what})`
    : what
}

/** What became of one entry of a folder. */
export const describeReport = (report: FileReport, booked: BookedArrival | undefined): string => {
  if (report.kind === 'sent') return `${report.path}: ${describeBooking(booked, report.answer.refusalDetail)}`
  const what = report.kind === 'skipped' ? 'skipped' : 'cannot be read'
  return `${report.path}: ${what}: ${report.detail}`
}
