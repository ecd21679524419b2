import { recordPointerOf } from '../../../src/contracts/identifiers.ts'
import { imagesTopic, receiptsTopic } from '../../../src/contracts/topics.ts'
import { createRequeue } from '../../../src/operations/requeue.ts'
import type { Lane } from './clock.ts'
import { imageRecordOf, plannedIn, receiptRecordOf } from './films.ts'
import type { World } from './world.ts'

/** Lets the clinics send what the schedule has planned. */
export const sendFilms = (world: World, lane: Lane): void => {
  for (const [index, planned] of world.schedule.films.entries())
    lane.after(planned.atMs, () => {
      const image = imageRecordOf(planned, index)
      if (planned.sending === 'twice') world.broker.append(imagesTopic.name, image)
      const at = world.broker.append(imagesTopic.name, image)
      world.judge.say(`film ${index} stands at ${at.topic}:${at.partition}:${at.offset}`)
      if (planned.sending === 'withoutReceipt') return
      const receipt = receiptRecordOf(planned, index, at, world.nowIso())
      lane.after(5, () => void world.broker.append(receiptsTopic.name, receipt))
    })
}

/** An operator sets aside every film at which the screener hangs. */
export const setHangingAside = (world: World): void => {
  for (const { headers, ...at } of world.broker.all(imagesTopic.name)) {
    const film = world.schedule.films[plannedIn(headers).index]
    if (film?.kind === 'film' && film.fate === 'hangs') world.setAside.add(recordPointerOf(at))
  }
}

/** An operator sends one of the dead letters through screening again, if there are any. */
export const requeueLetter = async (world: World, lane: Lane, letter: number): Promise<void> => {
  const letters = world.store.deadLetters()
  const before = letters[letter % letters.length]
  if (before === undefined) return
  const requeue = createRequeue({
    deadLetters: { find: world.store.find },
    readRecord: async (topic, partition, offset) => world.broker.read(topic, partition, offset, 1)[0],
    blobs: { get: async () => undefined },
    publisher: {
      publish: (topic, record) =>
        world.network.request(lane, 'requeue', () => world.broker.append(topic.name, record)),
    },
    engineKey: new Uint8Array(32),
    publishCommand: async () => {},
    now: () => new Date(world.nowIso()),
  })
  const answer = await requeue({ arrivalId: before.arrivalId }, { who: 'operator', why: 'simulated' })
  world.judge.say(`requeue of ${before.arrivalId}: ${answer.kind}`)
  if (answer.kind !== 'ok') return
  world.judge.count('dead letters requeued')
  world.judge.require(
    answer.value.attempt > before.attempt,
    () => `the requeue of ${before.arrivalId} is no new attempt`,
  )
}
