/** Bounds what is held in memory at once, by bytes. */
export type ByteBudget = {
  /** Resolves when the bytes fit; a single larger item passes when nothing else is held. */
  readonly acquire: (bytes: number) => Promise<void>
  readonly release: (bytes: number) => void
  readonly held: () => number
}

/** Creates a first-come-first-served budget of `limit` bytes. */
export const createByteBudget = (limit: number): ByteBudget => {
  const waiting: { bytes: number; enter: () => void }[] = []
  let held = 0
  const fits = (bytes: number): boolean => held === 0 || held + bytes <= limit
  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined && fits(next.bytes); next = waiting[0]) {
      waiting.shift()
      held += next.bytes
      next.enter()
    }
  }
  return {
    acquire: (bytes) =>
      new Promise((resolve) => {
        waiting.push({ bytes, enter: resolve })
        admit()
      }),
    release: (bytes) => {
      held -= bytes
      admit()
    },
    held: () => held,
  }
}
