/** Films and rows that wait. */
export type Backlog = { readonly unscreened: number; readonly unsunk: number }

export type WorkLeft = { readonly backlog: Backlog; readonly isDone: boolean }

/**
 * Measures what is left to do. A film that is sent after the measure is not in it, so whether all have been sent is asked
 * before: asked later, an empty backlog from before the first film would pass for the end.
 */
export const measureWorkLeft = async (
  areAllSent: () => boolean,
  measure: () => Promise<Backlog>,
): Promise<WorkLeft> => {
  const wereSent = areAllSent()
  const backlog = await measure()
  return { backlog, isDone: wereSent && backlog.unscreened === 0 && backlog.unsunk === 0 }
}
