/** A service that ends sooner than this after it was ready has failed again; one that lasts has come back. */
const provenAfterMs = 20_000
const mostFailures = 5
const firstWaitMs = 250

/** Asked at each end of a service: how long to wait before it is started again; undefined: not again. */
export type RestartPolicy = (readyForMs: number) => number | undefined

/** Waits 250 ms, 500 ms, 1 s, 2 s between starts, and gives up at the fifth failure in a row. */
export const createRestartPolicy = (): RestartPolicy => {
  let failures = 0
  return (readyForMs) => {
    failures = readyForMs >= provenAfterMs ? 1 : failures + 1
    return failures < mostFailures ? firstWaitMs * 2 ** (failures - 1) : undefined
  }
}
