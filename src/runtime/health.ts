/** What is wrong; undefined where nothing is. */
export type HealthCheck = () => string | undefined

export type HealthProblem = { readonly name: string; readonly problem: string }

/** Whether a process does its work: for whoever decides to restart it, or to send it work. */
export type Health = {
  /** Adds what must hold for as long as the process lives; a restart is the cure. Never another service's reachability. */
  readonly mustHold: (name: string, check: HealthCheck) => void
  /** Adds what must have happened before the process counts as ready; what it answers says that it has. */
  readonly mustHappen: (name: string) => () => void
  /** The process ends: it is not ready any more. */
  readonly end: () => void
  readonly notLive: () => readonly HealthProblem[]
  readonly notReady: () => readonly HealthProblem[]
}

/** Creates the health of one process. */
export const createHealth = (): Health => {
  const checks: { readonly name: string; readonly check: HealthCheck }[] = []
  const awaited = new Set<string>()
  let isEnding = false
  const notLive = (): HealthProblem[] =>
    checks.flatMap(({ name, check }) => {
      const problem = check()
      return problem === undefined ? [] : [{ name, problem }]
    })
  return {
    mustHold: (name, check) => void checks.push({ name, check }),
    mustHappen: (name) => {
      awaited.add(name)
      return () => void awaited.delete(name)
    },
    end: () => {
      isEnding = true
    },
    notLive,
    notReady: () => [
      ...(isEnding ? [{ name: 'process', problem: 'ending' }] : []),
      ...[...awaited].map((name) => ({ name, problem: 'not yet' })),
      ...notLive(),
    ],
  }
}
