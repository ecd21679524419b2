import type { Every } from '../../../src/runtime/every.ts'

/** What one process sees of time: it can be frozen, and ends with the process. */
export type Lane = {
  /** Runs `work` later; the answer cancels it. */
  readonly after: (ms: number, work: () => void) => () => void
  readonly every: Every
  readonly pause: (ms: number) => Promise<void>
  /** From now on nothing of this lane happens for `ms`; then everything that was due, in order. */
  readonly freeze: (ms: number) => void
  /** Nothing of this lane ever happens again: what was awaited stays awaited. */
  readonly end: () => void
}

/** A clock that stands still until the next thing is due. */
export type VirtualClock = {
  readonly nowMs: () => number
  readonly lane: () => Lane
  /** Runs until `isOver` says so, or nothing is due before `limitMs`; everything that follows from one event happens before the next. */
  readonly run: (isOver: () => boolean, limitMs: number) => Promise<void>
}

type LaneState = { frozenUntil: number; isEnded: boolean }
type Due = { at: number; order: number; lane: LaneState; work: () => void; isCancelled: boolean }

/** One turn of the real event loop: no microtask is left after it. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const isLater = (a: Due, b: Due): boolean => a.at > b.at || (a.at === b.at && a.order > b.order)

/** What is due, the earliest last. */
const createAgenda = () => {
  const agenda: Due[] = []
  return {
    insert: (due: Due): void => {
      let low = 0
      let high = agenda.length
      while (low < high) {
        const middle = (low + high) >>> 1
        const other = agenda[middle]
        if (other !== undefined && isLater(other, due)) low = middle + 1
        else high = middle
      }
      agenda.splice(low, 0, due)
    },
    next: (): Due | undefined => agenda.at(-1),
    drop: (): void => void agenda.pop(),
  }
}

/** Creates a clock at 0 ms. */
export const createVirtualClock = (): VirtualClock => {
  const agenda = createAgenda()
  let now = 0
  let order = 0
  const schedule = (lane: LaneState, ms: number, work: () => void): Due => {
    order += 1
    const due = { at: now + ms, order, lane, work, isCancelled: false }
    if (!lane.isEnded) agenda.insert(due)
    return due
  }
  const lane = (): Lane => {
    const state: LaneState = { frozenUntil: 0, isEnded: false }
    const after: Lane['after'] = (ms, work) => {
      const due = schedule(state, ms, work)
      return () => {
        due.isCancelled = true
      }
    }
    return {
      after,
      every: (ms, work) => {
        let cancel = (): void => {}
        const again = (): void => {
          cancel = after(ms, () => {
            again()
            work()
          })
        }
        again()
        return () => cancel()
      },
      pause: (ms) => new Promise((resolve) => void after(ms, resolve)),
      freeze: (ms) => {
        state.frozenUntil = Math.max(state.frozenUntil, now + ms)
      },
      end: () => {
        state.isEnded = true
      },
    }
  }
  const run: VirtualClock['run'] = async (isOver, limitMs) => {
    while (!isOver()) {
      const due = agenda.next()
      if (due === undefined || due.at > limitMs) return
      agenda.drop()
      now = due.at
      if (due.isCancelled || due.lane.isEnded) continue
      if (due.lane.frozenUntil > now) {
        // It keeps its number, so that a thawed process does things in the order in which they were due.
        due.at = due.lane.frozenUntil
        agenda.insert(due)
        continue
      }
      due.work()
      await turn()
    }
  }
  return { nowMs: () => now, lane, run }
}
