import { RetryLater } from '../../../src/runtime/errors.ts'
import type { Lane, VirtualClock } from './clock.ts'

/** The requests that can go wrong. */
export const ports = [
  'fetch',
  'heartbeat',
  'join',
  'commit',
  'screen',
  'publish',
  'write',
  'alarm',
  'requeue',
] as const
export type Port = (typeof ports)[number]

/**
 * How a request goes wrong: it is refused and has no effect; it has its effect and the acknowledgement is lost;
 * the sender gives up and the effect comes later; or all of it is slow.
 */
export const faultKinds = ['refuse', 'loseAck', 'comeLate', 'slow'] as const
export type FaultKind = (typeof faultKinds)[number]
export type Fault = { readonly kind: FaultKind; readonly ms: number }

/** Requests between the processes and the services, with the faults that are in store for them. */
export type Network = {
  /** The next `count` requests of the port go wrong in this way. */
  readonly spoil: (port: Port, fault: Fault, count: number) => void
  /** No request goes wrong any more. */
  readonly heal: () => void
  /** Sends a request: `effect` happens at the service whatever becomes of the sender. */
  readonly request: <Answer>(lane: Lane, port: Port, effect: () => Answer) => Promise<Answer>
  /** As `request`, for an effect that answers when it likes. */
  readonly ask: <Answer>(
    lane: Lane,
    port: Port,
    effect: (answer: (value: Answer) => void) => void,
  ) => Promise<Answer>
  /** Requests whose effect has not happened yet. */
  readonly underWay: () => number
}

const latencyMs = 1
const timeoutMs = 400

export class NetworkError extends RetryLater {}

/** Creates a network without faults. */
export const createNetwork = (clock: VirtualClock): Network => {
  const services = clock.lane()
  const faults = new Map<Port, Fault[]>()
  /** Kafka reads the requests of one connection in order; ClickHouse has many connections. */
  const lastEffectAt = new WeakMap<Lane, Map<Port, number>>()
  let underWay = 0
  const effectAfter = (lane: Lane, port: Port, ms: number): number => {
    if (port === 'write') return ms
    const byPort = lastEffectAt.get(lane) ?? new Map<Port, number>()
    lastEffectAt.set(lane, byPort)
    const at = Math.max(clock.nowMs() + ms, byPort.get(port) ?? 0)
    byPort.set(port, at)
    return at - clock.nowMs()
  }
  const ask: Network['ask'] = (lane, port, effect) =>
    new Promise((resolve, reject) => {
      const fault = faults.get(port)?.shift()
      const fail = (ms: number, text: string): void =>
        void lane.after(ms, () => reject(new NetworkError(`${port}: ${text}`)))
      if (fault?.kind === 'refuse') {
        fail(2 * latencyMs, 'connection refused')
        return
      }
      const isAnswered = fault === undefined || fault.kind === 'slow'
      underWay += 1
      const wait = fault?.kind === 'comeLate' ? fault.ms : latencyMs
      services.after(effectAfter(lane, port, wait), () => {
        underWay -= 1
        const backMs = latencyMs + (fault?.kind === 'slow' ? fault.ms : 0)
        try {
          effect((value) => void (isAnswered && lane.after(backMs, () => resolve(value))))
        } catch (error) {
          if (isAnswered) lane.after(backMs, () => reject(error))
        }
      })
      if (!isAnswered) fail(timeoutMs, 'no answer')
    })
  return {
    spoil: (port, fault, count) => {
      const waiting = faults.get(port) ?? []
      faults.set(port, waiting)
      for (let index = 0; index < count; index += 1) waiting.push(fault)
    },
    heal: () => faults.clear(),
    ask,
    request: (lane, port, effect) => ask(lane, port, (answer) => answer(effect())),
    underWay: () => underWay,
  }
}
