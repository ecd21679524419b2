/** How many of the last records of a partition failed. */
export type FailureWindow = {
  /** Notes an outcome; true when more than half of the last `size` records have failed. */
  readonly note: (failed: boolean) => boolean
}

/**
 * Creates a window over the last `size` records. A bad deployment fails every record: it must stop, not
 * drain a topic into the dead letters.
 */
export const createFailureWindow = (size = 100): FailureWindow => {
  const recent: boolean[] = []
  let failures = 0
  return {
    note: (failed) => {
      recent.push(failed)
      if (failed) failures += 1
      if (recent.length > size && recent.shift() === true) failures -= 1
      return failures > size / 2
    },
  }
}
