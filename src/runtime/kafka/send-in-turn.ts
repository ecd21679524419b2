import { leaveInTime } from './ask-in-time.ts'

/** A connected producer, and how many sends are under way through it. */
type Connected<Producer> = {
  readonly producer: Promise<Producer>
  users: number
  isRetired: boolean
}

/** How producers are had and given back. */
export type ProducerSource<Producer> = {
  readonly open: () => Promise<Producer>
  readonly close: (producer: Producer) => Promise<void>
}

/**
 * Sends one after another for each topic, through a producer that is replaced where a send has failed.
 *
 * kafkajs numbers records as it sends them, and takes the numbers back where no acknowledgement came. Another send to the
 * partition would get them before the repetition, and a broker that has the first records after all takes it for theirs:
 * acknowledged, and in no log. So a send ends, with its repetitions, before the next begins. Where kafkajs has given up,
 * what comes next has a producer id of its own, and no number that may stand in the log.
 */
export const createSendInTurn = <Producer>({ open, close }: ProducerSource<Producer>) => {
  const connect = (): Connected<Producer> => {
    const producer = open()
    // A failure reaches the next send; unheard, it would end the process.
    producer.catch(() => {})
    return { producer, users: 0, isRetired: false }
  }
  let current = connect()
  let isStopped = false
  const ends = new Map<string, Promise<unknown>>()
  const closeIdle = async (connected: Connected<Producer>): Promise<void> => {
    if (!connected.isRetired || connected.users > 0) return
    await connected.producer.then(close, () => {})
  }
  const retire = (connected: Connected<Producer>): void => {
    connected.isRetired = true
    if (connected === current && !isStopped) current = connect()
  }
  const sendNow = async <Sent>(work: (producer: Producer) => Promise<Sent>): Promise<Sent> => {
    const connected = current
    connected.users += 1
    try {
      return await work(await connected.producer)
    } catch (error) {
      retire(connected)
      throw error
    } finally {
      connected.users -= 1
      closeIdle(connected).catch(() => {})
    }
  }
  return {
    /** Resolves when the first producer is connected. */
    ready: async (): Promise<void> => void (await current.producer),
    send: <Sent>(topic: string, work: (producer: Producer) => Promise<Sent>): Promise<Sent> => {
      const before = ends.get(topic) ?? Promise.resolve()
      const sent = before.then(() => sendNow(work))
      ends.set(
        topic,
        sent.catch(() => {}),
      )
      return sent
    },
    stop: async (): Promise<void> => {
      isStopped = true
      await leaveInTime(current.producer.then(close, () => {}))
    },
  }
}
