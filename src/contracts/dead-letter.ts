import type { RecordPosition } from './identifiers.ts'

/** A dead letter as an operator sees it. */
export type DeadLetter = {
  readonly arrivalId: string
  readonly eventId: string
  readonly siteId: string
  readonly receivedAt: string
  readonly screenedAt: string
  readonly attempt: number
  readonly code: string
  readonly detail: string
  readonly size: number
  readonly digest: string
  readonly image: RecordPosition
  /** Where and when the first record of the arrival was appended; of a record that nobody believes, its own. */
  readonly firstImage: RecordPosition
  readonly firstAppendedAt: string
  /** False for a record that could not say, or is not believed to be, the arrival that it claims. */
  readonly attributed: boolean
  readonly headers: Readonly<Record<string, string>>
}

/** The dead letters that are still current. */
export type DeadLetterReader = {
  readonly list: (limit: number) => Promise<readonly DeadLetter[]>
  /** Several where clinics have used one arrival id; those of one clinic where it is named. */
  readonly find: (arrivalId: string, siteId?: string) => Promise<readonly DeadLetter[]>
}
