import type { BookedArrival } from '../analytics/stores/booking-reader.ts'
import type { FileReport } from '../producers/ingest-path.ts'

/** A file that was sent, whose verdict somebody waits for. */
export type SentReport = Extract<FileReport, { kind: 'sent' }>

/** Films that wait for their verdicts, asked for together however many they are. */
export type VerdictQueue = {
  readonly add: (report: SentReport) => void
  /** Asks once for all that wait; those with a verdict, or out of time, are told and wait no more. */
  readonly poll: () => Promise<void>
  readonly waiting: () => number
}

export type VerdictQueueOptions = {
  readonly read: (arrivalIds: readonly string[]) => Promise<readonly BookedArrival[]>
  readonly tell: (report: SentReport, booked: BookedArrival | undefined) => void
  /** Longest that a film waits. */
  readonly limitMs: number
  readonly nowMs: () => number
}

/** Creates the queue; nothing is asked until somebody polls. */
export const createVerdictQueue = ({ read, tell, limitMs, nowMs }: VerdictQueueOptions): VerdictQueue => {
  const waiting = new Map<string, { report: SentReport; untilMs: number }>()
  return {
    add: (report) => void waiting.set(report.answer.arrivalId, { report, untilMs: nowMs() + limitMs }),
    poll: async () => {
      const asked = [...waiting.keys()]
      if (asked.length === 0) return
      for (const booked of await read(asked)) {
        const entry = waiting.get(booked.arrivalId)
        waiting.delete(booked.arrivalId)
        if (entry !== undefined) tell(entry.report, booked)
      }
      for (const [id, { report, untilMs }] of waiting)
        if (untilMs <= nowMs()) {
          waiting.delete(id)
          tell(report, undefined)
        }
    },
    waiting: () => waiting.size,
  }
}
