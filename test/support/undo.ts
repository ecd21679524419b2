type Cleaner = { after: (work: () => Promise<void>) => void }

/** Takes what must be undone when a test ends, the last first. */
export type Undo = (undo: () => Promise<unknown>) => void

/** Undoes what a test has started, last first (node:test runs `after` in the order of registration). */
export const undoAfter = (t: Cleaner): Undo => {
  const undos: (() => Promise<unknown>)[] = []
  t.after(async () => {
    for (const undo of undos.toReversed()) await undo()
  })
  return (undo) => void undos.push(undo)
}
