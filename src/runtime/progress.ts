/** When a loop last showed that it is alive, by a clock that does not jump. */
export type Progress = {
  /** Told whenever a record begins, ends or is tried again. */
  readonly moved: () => void
  readonly lastMovedAtMs: () => number
  /** Whether the loop has work in hand; a loop with none has no progress to show. */
  readonly isBusy: () => boolean
  /** Told by the loop how to see that. */
  readonly watch: (isBusy: () => boolean) => void
  /** The clock: milliseconds since any fixed instant. */
  readonly nowMs: () => number
}

/** Creates the progress of one loop; it begins as just moved. */
export const createProgress = (nowMs: () => number = () => performance.now()): Progress => {
  let lastMovedAtMs = nowMs()
  let busy = (): boolean => false
  return {
    nowMs,
    lastMovedAtMs: () => lastMovedAtMs,
    isBusy: () => busy(),
    watch: (isBusy) => {
      busy = isBusy
    },
    moved: () => {
      lastMovedAtMs = nowMs()
    },
  }
}
