type Cleaner = { after: (work: () => Promise<void>) => void }

/** Undoes what a test has started, last first (node:test runs `after` in the order of registration). */
export const undoAfter = (t: Cleaner): ((undo: () => Promise<unknown>) => void) => {
  const undos: (() => Promise<unknown>)[] = []
  t.after(async () => {
    for (const undo of undos.toReversed()) await undo()
  })
  return (undo) => void undos.push(undo)
}
