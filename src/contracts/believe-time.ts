import type { ClockFault } from './verdict.ts'

/** What times are held against; both are settings. */
export type ClockLimits = {
  /** Films cannot be older than this instant. */
  readonly epoch: string
  /** The longest time that a film may wait at its clinic, in milliseconds. */
  readonly spoolLimitMs: number
}

/** How far a clinic's clock may be ahead of Kafka's before it is a fault, in milliseconds. */
export const clockToleranceMs = 5 * 60 * 1000

type Times = { readonly receivedAt: string; readonly sentAt: string; readonly appendedAt: string }

/** Why `receivedAt` cannot be; undefined where it can. */
const clockFaultOf = ({ receivedAt, appendedAt }: Times, limits: ClockLimits): ClockFault | undefined => {
  if (receivedAt < limits.epoch) return 'before-epoch'
  const ageMs = Date.parse(appendedAt) - Date.parse(receivedAt)
  if (ageMs < -clockToleranceMs) return 'in-the-future'
  return ageMs > limits.spoolLimitMs + clockToleranceMs ? 'older-than-the-spool' : undefined
}

/** When the film came by Kafka's clock: the age that the clinic's clock shows, where that can be, taken off. */
const correctedTime = ({ receivedAt, sentAt, appendedAt }: Times, { spoolLimitMs }: ClockLimits): string => {
  const ageMs = Date.parse(sentAt) - Date.parse(receivedAt)
  const isPossible = ageMs >= 0 && ageMs <= spoolLimitMs
  return isPossible ? new Date(Date.parse(appendedAt) - ageMs).toISOString() : appendedAt
}

/**
 * What is believed of the time of a film: `receivedAt`, unless it lies before the epoch, after the moment at which Kafka
 * appended the record, or further back than a film may wait at its clinic. It never throws: a clinic's clock shows anything.
 */
export const believeTime = (
  times: Times,
  limits: ClockLimits,
): { readonly believedAt: string; readonly clockFault?: ClockFault } => {
  const clockFault = clockFaultOf(times, limits)
  return clockFault === undefined
    ? { believedAt: times.receivedAt }
    : { believedAt: correctedTime(times, limits), clockFault }
}
