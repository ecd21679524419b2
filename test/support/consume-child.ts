/**
 * A consumer for tests in a process of its own: `node consume-child.ts BROKERS GROUP TOPIC`. It commits each record and says
 * which, with what its clock shows; each assignment is said too.
 */
import { createKafkaClient } from '../../src/runtime/kafka/kafka-client.ts'
import type { ConsumerControl } from '../../src/runtime/kafka/types.ts'
import { silentLogger } from '../../src/runtime/logger.ts'

const [brokers = '', groupId = '', topic = ''] = process.argv.slice(2)
const kafka = createKafkaClient({
  brokers: brokers.split(','),
  clientId: 'child',
  tls: false,
  replicationFactor: 1,
  logger: silentLogger,
})
const say = (line: object): void =>
  void process.stdout.write(`${JSON.stringify({ ...line, at: Date.now() })}\n`)
let control: ConsumerControl | undefined
await kafka.consume({
  groupId,
  topics: [topic],
  fetchBytes: 1024 * 1024,
  sessionTimeoutMs: 6000,
  onCrash: (error) => say({ crash: error.message }),
  handler: {
    assigned: (_assignment, given) => {
      control = given
      say({ assigned: true })
    },
    accept: (record, epoch) => {
      const { partition, offset } = record
      setImmediate(() => {
        control?.commit(epoch, [{ topic, partition, offset: offset + 1n }]).then(
          () => say({ committed: Number(offset) }),
          (error: unknown) => say({ refused: String(error) }),
        )
      })
      return true
    },
    drain: async () => {},
  },
})
