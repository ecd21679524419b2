import { stringify } from 'yaml'
import { topics } from '../../src/contracts/topics.ts'
import { type KafkaAccess, kafkaAccess } from './kafka-access.ts'

const apiVersion = 'kafka.strimzi.io/v1'
const labels = { 'strimzi.io/cluster': 'osteostream' }
/** Copies of each partition; as many as zones. */
const replicas = 3

const topicManifests = () =>
  topics.map((topic) => ({
    apiVersion,
    kind: 'KafkaTopic',
    metadata: { name: topic.name, labels },
    spec: {
      topicName: topic.name,
      partitions: topic.partitions,
      replicas,
      config: {
        'cleanup.policy': topic.cleanup,
        'retention.ms': topic.retentionMs,
        'max.message.bytes': topic.maxMessageBytes,
        'message.timestamp.type': 'LogAppendTime',
        'min.insync.replicas': replicas - 1,
      },
    },
  }))

type Acl = {
  resource: { type: 'topic' | 'group'; name: string; patternType: 'literal' | 'prefix' }
  operations: string[]
}

const acl = (
  type: 'topic' | 'group',
  name: string,
  operations: string[],
  patternType: 'literal' | 'prefix' = 'literal',
): Acl => ({ resource: { type, name, patternType }, operations })

/** Groups that a process makes for itself and deletes: `osteostream.follow.<uuid>` and the like. */
const ownGroups = ['osteostream.follow.', 'osteostream.read.', 'osteostream.replay.']

const aclsOf = (access: KafkaAccess): Acl[] => [
  ...access.reads.map((name) => acl('topic', name, ['Read', 'Describe', 'DescribeConfigs'])),
  ...access.writes.map((name) => acl('topic', name, ['Write', 'Describe'])),
  ...access.describes
    .filter((name) => !access.reads.includes(name))
    .map((name) => acl('topic', name, ['Describe', 'DescribeConfigs'])),
  // A group that stands at a gap has others beside it, named after it.
  ...access.groups.map((name) => acl('group', name, ['Read', 'Describe'], 'prefix')),
  ...access.watches
    .filter((name) => !access.groups.includes(name))
    .map((name) => acl('group', name, ['Describe'], 'prefix')),
  ...(access.follows
    ? ownGroups.map((name) => acl('group', name, ['Read', 'Describe', 'Delete'], 'prefix'))
    : []),
]

const userManifests = () =>
  kafkaAccess.map((access) => ({
    apiVersion,
    kind: 'KafkaUser',
    metadata: {
      name: access.name,
      labels,
      annotations: { 'osteostream.org/what': access.what },
    },
    spec: {
      authentication: { type: 'scram-sha-512' },
      authorization: { type: 'simple', acls: aclsOf(access) },
    },
  }))

const textOf = (from: string, manifests: readonly object[]): string =>
  `# Generated from ${from}: run \`npm run deploy\`, and never edit it here.\n${manifests
    .map((manifest) => stringify(manifest, { lineWidth: 0 }))
    .join('---\n')}`

/** The topics as Strimzi's topic operator takes them. */
export const kafkaTopicsFile = (): string => textOf('src/contracts/topics.ts', topicManifests())

/** The users of Kafka, with what each may do. */
export const kafkaUsersFile = (): string => textOf('deploy/generators/kafka-access.ts', userManifests())
