import type { Verdict } from '../contracts/verdict.ts'
import type { Every } from '../runtime/every.ts'
import { createDeploymentWindow, type DeploymentWindow } from './deployment-window.ts'

export type DeploymentGateDeps<Task> = {
  readonly every: Every
  /** Milliseconds by a clock that does not jump. */
  readonly uptimeMs: () => number
  /** Lets nothing more in. */
  readonly pause: () => void
  readonly resume: () => void
  /** Leaves a record unfinished until it is tried again. */
  readonly park: (task: Task) => void
  /** Takes a parked record up again. */
  readonly tryAgain: (task: Task) => void
  readonly onStop: (task: Task, evidence: Readonly<Record<string, string | number>>) => void
  readonly onGoOn: () => void
}

/** Stands in front of a loop and stops it when its own deployment fails. */
export type DeploymentGate<Task> = {
  /** Whether a record may begin; while stopped one at most, to try with. */
  readonly admits: (task: Task) => boolean
  /** False where the verdict must not be stored, because it says more of the deployment than of the film. */
  readonly passes: (task: Task, verdict: Verdict) => boolean
  /** Takes a record out that is held back; false where it is not. */
  readonly takeOut: (task: Task) => boolean
  /** Told of a record that is over, however it ended. */
  readonly ended: (task: Task) => void
  /** A new assignment: what was held back comes again; a deployment that was stopped stays so. Answers what was held. */
  readonly assigned: () => readonly Task[]
  readonly isStopped: () => boolean
  readonly stop: () => void
}

const lookMs = 1000
const firstWaitMs = 15_000
const longestWaitMs = 600_000

type State<Task> = {
  isStopped: boolean
  held: Task[]
  /** The record that shows whether the deployment works again. */
  trying: Task | undefined
  letsOneIn: boolean
  waitMs: number
  triedAtMs: number
}

/**
 * Creates the gate of one loop. When most films fail through a fault of this deployment it stops: nothing more is let in,
 * films that still go well are stored and committed, those that fail are held back. Now and then one of them is tried;
 * when one goes well the loop goes on by itself, with those that were held back first.
 */
export const createDeploymentGate = <Task>(deps: DeploymentGateDeps<Task>): DeploymentGate<Task> => {
  const window = createDeploymentWindow()
  const state: State<Task> = {
    isStopped: false,
    held: [],
    trying: undefined,
    letsOneIn: false,
    waitMs: firstWaitMs,
    triedAtMs: 0,
  }
  const moves = createMoves(deps, state, window)
  const stopLooking = deps.every(lookMs, () => {
    const isDue = deps.uptimeMs() - state.triedAtMs >= state.waitMs
    if (state.isStopped && state.trying === undefined && isDue) moves.tryOne()
  })
  return {
    admits: (task) => {
      if (!state.isStopped) return true
      deps.pause()
      if (!state.letsOneIn) return false
      state.letsOneIn = false
      state.trying = task
      return true
    },
    passes: (task, verdict) => {
      const said = window.note(verdict)
      if (said === 'works' && state.isStopped && task === state.trying) moves.goOn()
      if (!state.isStopped && window.isProven()) state.waitMs = firstWaitMs
      if (said !== 'fails') return true
      if (!state.isStopped && window.mustStop()) moves.stopAt(task)
      return state.isStopped ? moves.holdBack(task) : true
    },
    takeOut: (task) => {
      const found = state.held.indexOf(task)
      if (found >= 0) state.held.splice(found, 1)
      return found >= 0
    },
    ended: (task) => {
      if (task === state.trying) state.trying = undefined
    },
    assigned: () => {
      const { held } = state
      Object.assign(state, { held: [], trying: undefined, letsOneIn: false })
      if (state.isStopped) deps.pause()
      return held
    },
    isStopped: () => state.isStopped,
    stop: stopLooking,
  }
}

const createMoves = <Task>(deps: DeploymentGateDeps<Task>, state: State<Task>, window: DeploymentWindow) => ({
  stopAt: (task: Task): void => {
    state.isStopped = true
    state.triedAtMs = deps.uptimeMs()
    deps.pause()
    deps.onStop(task, window.tally())
  },
  goOn: (): void => {
    const { held } = state
    Object.assign(state, { isStopped: false, held: [], trying: undefined, letsOneIn: false })
    window.clear()
    deps.onGoOn()
    for (const task of held) deps.tryAgain(task)
    deps.resume()
  },
  tryOne: (): void => {
    state.triedAtMs = deps.uptimeMs()
    const task = state.held.shift()
    state.trying = task
    if (task !== undefined) return deps.tryAgain(task)
    state.letsOneIn = true
    deps.resume()
  },
  holdBack: (task: Task): false => {
    if (task === state.trying) {
      state.trying = undefined
      state.waitMs = Math.min(2 * state.waitMs, longestWaitMs)
    }
    state.held.push(task)
    deps.park(task)
    return false
  },
})
