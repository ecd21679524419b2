import { createRequeue } from '../../../src/consumers/requeue.ts'
import { imagesTopic, receiptsTopic } from '../../../src/contracts/topics.ts'
import type { Lane } from './clock.ts'
import { arrivalIdOf, imageRecordOf, receiptRecordOf } from './films.ts'
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

/** An operator sends the dead letter of an arrival through screening again, if it is one. */
export const requeueArrival = async (world: World, lane: Lane, index: number): Promise<void> => {
  const requeue = createRequeue({
    deadLetters: { find: world.store.find },
    readRecord: async (topic, partition, offset) => world.broker.read(topic, partition, offset, 1)[0],
    publisher: {
      publish: (topic, record) =>
        world.network.request(lane, 'requeue', () => world.broker.append(topic.name, record)),
    },
    publishCommand: async () => {},
    now: () => new Date(world.nowIso()),
  })
  const answer = await requeue(arrivalIdOf(index), { who: 'operator', why: 'simulated' })
  world.judge.say(`requeue of film ${index}: ${answer.kind}`)
}
