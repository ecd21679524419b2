import { join } from 'node:path'

export type BrokerPorts = { readonly broker: number; readonly controller: number }

/** 4 MB more than the largest record with a film inside. */
const largestMessageBytes = 12 * 1024 * 1024

/** Where the broker keeps its records, below its folder. */
export const logDirOf = (folder: string): string => join(folder, 'logs')

/** Java reads such a file as Latin 1, and a backslash as the beginning of an escape. */
const escaped = (value: string): string =>
  value.replace(/[\\\u0080-\uffff]/g, (letter) =>
    letter === '\\' ? '\\\\' : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/**
 * The broker's configuration: one node that is broker and controller, on the loopback interface. It tells clients to
 * come to `advertised`, a `host:port` that leads to its own port; to that port itself where not given.
 */
export const brokerProperties = (
  logDir: string,
  ports: BrokerPorts,
  advertised = `127.0.0.1:${ports.broker}`,
): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `PLAINTEXT://${advertised}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logDir,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'message.max.bytes': largestMessageBytes,
    'replica.fetch.max.bytes': largestMessageBytes,
    // Retention removes whole segments: small enough that a topic's limit means something on one machine.
    'log.segment.bytes': 256 * 1024 * 1024,
    'log.retention.check.interval.ms': 60_000,
    // A broker that was killed may register again only when its last session is over.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
  })
    .map(([name, value]) => `${name}=${escaped(String(value))}`)
    .join('\n')

/** Java's flags for the broker: a small heap, and a start in seconds. */
export const brokerFlags: readonly string[] = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  // A broker without memory would go on half alive.
  '-XX:+ExitOnOutOfMemoryError',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  // Who joins a group, and who is put out of it.
  '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.coordinator.group=info',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss,SSS',
]
