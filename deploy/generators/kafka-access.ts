import { sinkTopics } from '../../src/consumers/read-result.ts'
import { consumerGroups, filmLanes, topics } from '../../src/contracts/topics.ts'

/** What a user of Kafka may do. */
export type KafkaAccess = {
  readonly name: string
  readonly what: string
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  /** Topics of which only offsets are asked. */
  readonly describes: readonly string[]
  /** Groups that it joins. */
  readonly groups: readonly string[]
  /** Groups of which it asks how far they are. */
  readonly watches: readonly string[]
  /** Whether it follows topics from their beginning, under groups of its own that go with it. */
  readonly follows: boolean
}

const nameOf = (name: string): string => {
  const found = topics.find((topic) => topic.name === name)
  if (found === undefined) throw new Error(`${name} is no topic`)
  return found.name
}
const named = (...names: readonly string[]): readonly string[] => names.map(nameOf)

const all = topics.map(({ name }) => name)
const lanes = Object.values(filmLanes).map(({ name }) => name)
const groups = Object.values(consumerGroups)

/** Every user, with no more than its role needs: docs/ARCHITECTURE.md says who writes and reads what. */
export const kafkaAccess: readonly KafkaAccess[] = [
  {
    name: 'gateway',
    what: 'a clinic: it sends, and reads nothing',
    reads: [],
    writes: [...lanes, ...named('hip.receipts.v1', 'hip.withheld.v1', 'hip.corrections.v1')],
    describes: [],
    groups: [],
    watches: [],
    follows: false,
  },
  {
    name: 'screening',
    what: 'films in, verdicts out',
    reads: [...lanes, ...named('hip.sites.v1', 'hip.models.v1', 'hip.commands.v1')],
    writes: named('hip.verdicts.v1', 'hip.alarms.v1'),
    describes: [],
    groups: [consumerGroups.screening, consumerGroups.backfill],
    watches: [],
    follows: true,
  },
  {
    name: 'sink',
    what: 'results into ClickHouse',
    reads: [...sinkTopics],
    writes: named('hip.alarms.v1'),
    describes: [],
    groups: [consumerGroups.sink],
    watches: [],
    follows: true,
  },
  {
    name: 'monitor',
    what: 'figures of what is stored, and the watch over the ledger',
    reads: named('hip.reports.v1', 'hip.sites.v1', 'hip.models.v1'),
    writes: named('hip.reports.v1', 'hip.alarms.v1'),
    describes: all,
    groups: [consumerGroups.monitor],
    watches: groups,
    follows: true,
  },
  {
    name: 'dashboard',
    what: 'pages: it changes nothing',
    reads: named('hip.models.v1'),
    writes: [],
    describes: all,
    groups: [],
    watches: groups,
    follows: true,
  },
  {
    name: 'operator',
    what: 'what people do: migrate, activate, requeue, correct, replay, rescreen',
    reads: all,
    writes: [
      ...lanes,
      ...named(
        'hip.sites.v1',
        'hip.models.v1',
        'hip.commands.v1',
        'hip.corrections.v1',
        'hip.populations.v1',
        'hip.reference-tests.v1',
      ),
    ],
    describes: all,
    // It commits for a group that stands at a gap, and replays under groups of its own.
    groups,
    watches: groups,
    follows: true,
  },
  {
    name: 'kafka-lag',
    what: 'KEDA: how far groups are behind',
    reads: [],
    writes: [],
    describes: all,
    groups: [],
    watches: groups,
    follows: false,
  },
]
