import { recordPointerOf } from '../contracts/identifiers.ts'
import type { Every } from '../runtime/every.ts'
import type { RaiseAlarm } from './partition-alarm.ts'
import { type RecordInWork, type RecordsInWork } from './records-in-work.ts'

const lookMs = 5000

/**
 * Tells people, once for each record, that it has been in work for too long. One whose assignment has ended comes again
 * elsewhere: nobody waits for it, and it is let go. Answers how to stop looking.
 */
export const watchStuckRecords = <Item extends RecordInWork>(deps: {
  readonly every: Every
  readonly records: Pick<RecordsInWork<Item>, 'newlyStuck'>
  /** Lets a record go whose assignment has ended; false for one whose assignment has not. */
  readonly letGo: (item: Item) => boolean
  readonly raise: RaiseAlarm
  readonly stuckAfterMs: number
  /** False while the loop stands still for a reason of which people have been told. */
  readonly isWatched: () => boolean
}): (() => void) =>
  deps.every(Math.min(lookMs, deps.stuckAfterMs), () => {
    if (!deps.isWatched()) return
    for (const item of deps.records.newlyStuck()) {
      if (deps.letGo(item)) continue
      const { at, lastError } = item
      void deps.raise({
        kind: 'stuck-record',
        severity: 'critical',
        scope: `${at.topic}:${at.partition}`,
        title: 'a record is in work for too long: nothing above it is committed',
        evidence: {
          place: recordPointerOf(at),
          seconds: Math.round(deps.stuckAfterMs / 1000),
          lastError: lastError ?? 'none: no answer',
        },
      })
    }
  })
