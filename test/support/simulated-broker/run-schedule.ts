import { imagesTopic } from '../../../src/contracts/topics.ts'
import { messageOf } from '../../../src/runtime/errors.ts'
import { requeueLetter, sendFilms, setHangingAside } from './clinics.ts'
import { compare } from './compare.ts'
import type { Place, SimulatedGroup } from './group.ts'
import { type Expected, expect } from './oracle.ts'
import { type SimulatedProcess, startSimulatedScreening, startSimulatedSink } from './processes.ts'
import { lastStepMs, type Schedule, type Step } from './schedule.ts'
import { createWorld, sinkTopics, type World } from './world.ts'

/** From here on nothing goes wrong any more, and the engine has `patienceMs` to finish. */
const calmAtMs = lastStepMs + 1000
const patienceMs = 40_000
const graceMs = 10_000
const operatorAtMs = 6000
const operatorLooksMs = 1000

type Slots = (SimulatedProcess | undefined)[]

const startIn = (world: World, slots: Slots, slot: number): void => {
  slots[slot] = slot < 2 ? startSimulatedScreening(world) : startSimulatedSink(world)
}

const createStage = (world: World) => {
  const lane = world.clock.lane()
  const slots: Slots = [undefined, undefined, undefined, undefined]
  for (const slot of world.schedule.processes === 1 ? [0, 2] : [0, 1, 2, 3]) startIn(world, slots, slot)
  const end = (slot: number, process: SimulatedProcess, downMs: number): void => {
    if (slots[slot] !== process) return
    process.lane.end()
    slots[slot] = undefined
    lane.after(downMs, () => startIn(world, slots, slot))
  }
  const stop = (slot: number, process: SimulatedProcess, downMs: number): void => {
    const kill = lane.after(graceMs, () => end(slot, process, downMs))
    void process.stop().then(() => {
      kill()
      end(slot, process, downMs)
    })
  }
  const groupOf = (slot: number): SimulatedGroup => world.groups[slot < 2 ? 'screening' : 'sink']
  const act = (step: Step): void => {
    world.judge.say(JSON.stringify(step))
    world.judge.count(`steps: ${step.do}`)
    if (step.do === 'spoil') world.network.spoil(step.port, { kind: step.fault, ms: step.ms }, step.count)
    if (step.do === 'requeue')
      requeueLetter(world, lane, step.letter).catch((error: unknown) =>
        world.judge.say(`requeue failed: ${messageOf(error)}`),
      )
    if (!('slot' in step)) return
    const process = slots[step.slot]
    if (process === undefined) return
    if (step.do === 'kill') end(step.slot, process, step.downMs)
    if (step.do === 'stop') stop(step.slot, process, step.downMs)
    if (step.do === 'freeze') process.lane.freeze(step.ms)
    const member = process.member()
    if (step.do === 'evict' && member !== undefined) groupOf(step.slot).leave(member)
  }
  for (const step of world.schedule.steps) lane.after(step.atMs, () => act(step))
  lane.after(calmAtMs, world.network.heal)
  lane.after(operatorAtMs, () => void lane.every(operatorLooksMs, () => setHangingAside(world)))
  sendFilms(world, lane)
  return { slots }
}

/** Partitions that stand still before a later version must have said so. */
const silent = (world: World, blockedAt: Expected['blockedAt']): string[] =>
  [...blockedAt.keys()]
    .filter(
      (partition) => !world.judge.hasAlarm('unknown-schema-version', `${imagesTopic.name}:${partition}`),
    )
    .map((partition) => `partition ${partition} stands still without an alarm`)

const lagOf = (
  world: World,
  blockedAt: Expected['blockedAt'],
  group: SimulatedGroup,
  topics: readonly string[],
): string[] => {
  const isThere = (place: Place): boolean => {
    const blocked = place.topic === imagesTopic.name ? blockedAt.get(place.partition) : undefined
    return (group.committed(place) ?? 0n) === (blocked ?? world.broker.end(place.topic, place.partition))
  }
  return topics
    .flatMap((topic) => world.broker.partitions(topic).map((partition) => ({ topic, partition })))
    .filter((place) => !isThere(place))
    .map((place) => `${place.topic}:${place.partition} is committed up to ${group.committed(place)}`)
}

/** What is still to be done before a run has ended. */
const unfinished = (world: World, slots: Slots, { blockedAt }: Expected): string[] => [
  ...lagOf(world, blockedAt, world.groups.screening, [imagesTopic.name]),
  ...lagOf(world, blockedAt, world.groups.sink, sinkTopics),
  ...silent(world, blockedAt),
  ...slots.flatMap((process, slot) =>
    process === undefined || process.heldBytes() === 0
      ? []
      : [`slot ${slot} holds ${process.heldBytes()} bytes`],
  ),
  ...(world.network.underWay() === 0 ? [] : ['requests are under way']),
]

export type Run = {
  /** The first promise that was broken. */
  readonly broken: string | undefined
  /** What the run has seen. */
  readonly counts: ReadonlyMap<string, number>
}

/**
 * Runs a schedule to its end. What is broken during the run comes from the judge, what is broken afterwards from
 * lag, held bytes, silent partitions and the oracle.
 */
export const runSchedule = async (
  schedule: Schedule,
  say: (line: string) => void = () => {},
): Promise<Run> => {
  const world = createWorld(schedule, say)
  const { slots } = createStage(world)
  const isBroken = (): boolean => world.judge.broken() !== undefined
  await world.clock.run(isBroken, calmAtMs)
  let checkAt = calmAtMs
  const isOver = (): boolean => {
    if (isBroken() || world.clock.nowMs() < checkAt) return isBroken()
    checkAt = world.clock.nowMs() + 200
    return unfinished(world, slots, expect(schedule, world.broker)).length === 0
  }
  await world.clock.run(isOver, calmAtMs + patienceMs)
  const expected = expect(schedule, world.broker)
  for (const text of unfinished(world, slots, expected)) world.judge.breakPromise(`not finished: ${text}`)
  for (const text of compare(expected, world.store)) world.judge.breakPromise(text)
  return { broken: world.judge.broken(), counts: world.judge.counts() }
}
