import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { schemaProblems } from './check-schemas.ts'
import { type Manifest, overlays, render } from './manifests.ts'
import {
  addressProblems,
  metricProblems,
  portProblems,
  secretProblems,
  settingProblems,
  topicProblems,
} from './names.ts'
import { policyProblems } from './policies.ts'
import { noKubectl, noKubernetesTypes } from './tools.ts'

type Check = (manifests: readonly Manifest[]) => readonly string[]

/** The manifests with one text in the place of another; the fault must have something to bite on. */
const broken = (manifests: readonly Manifest[], from: string, to: string): readonly Manifest[] => {
  const text = JSON.stringify(manifests)
  assert.ok(text.includes(from), `${from} stands nowhere`)
  return JSON.parse(text.replaceAll(from, to))
}

/** For each check, faults that it must see: what stands in the manifests, what stands there instead, and what is said of it. */
const faults: readonly (readonly [Check, string, string, RegExp])[] = [
  [policyProblems, '"limits":{"memory":"3Gi"', '"limits":{"cpu":"1"', /has no limit of memory/],
  [
    policyProblems,
    '"requests":{"cpu":"250m","memory":"512Mi"}',
    '"requests":{}',
    /does not say what it needs/,
  ],
  [policyProblems, '"runAsNonRoot":true', '"runAsNonRoot":false', /may run as root/],
  [policyProblems, '"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false', /may write its root/],
  [policyProblems, '"allowPrivilegeEscalation":false', '"allowPrivilegeEscalation":true', /may gain rights/],
  [policyProblems, '"drop":["ALL"]', '"drop":["KILL"]', /keeps capabilities/],
  [policyProblems, '"automountServiceAccountToken":false', '"automountServiceAccountToken":true', /token/],
  [policyProblems, '"livenessProbe":', '"lifeProbe":', /has no livenessProbe/],
  [policyProblems, ':0.1.0"', ':latest"', /a tag that stays/],
  [policyProblems, '"enableServiceLinks":false', '"enableServiceLinks":true', /variables of services/],
  [
    policyProblems,
    '"serviceAccountName":"sink"',
    '"serviceAccountName":"sunk"',
    /its account sunk is not there/,
  ],
  [policyProblems, '"priorityClassName":"osteostream-figures"', '"priorityClassName":"high"', /no priority/],
  [policyProblems, '"kind":"PodDisruptionBudget"', '"kind":"ConfigMap"', /has no budget/],
  [
    policyProblems,
    '"podSelector":{},"policyTypes":["Ingress","Egress"]',
    '"podSelector":{},"policyTypes":["Ingress"]',
    /denies/,
  ],
  [settingProblems, 'OSTEOSTREAM_METRICS_PORT', 'OSTEOSTREAM_METRIC_PORT', /METRIC_PORT is not a setting/],
  [
    settingProblems,
    '"OSTEOSTREAM_KAFKA_TLS":"true"',
    '"OSTEOSTREAM_KAFKA_TLS":"yes"',
    /must be one of true, false/,
  ],
  [settingProblems, '"NODE_EXTRA_CA_CERTS"', '"NODE_CA_CERTS"', /nobody's setting/],
  [
    secretProblems,
    '"name":"osteostream-engine","namespace"',
    '"name":"engine","namespace"',
    /makes the secret osteostream-engine/,
  ],
  [
    secretProblems,
    '"secretName":"osteostream-cluster-ca-cert"',
    '"secretName":"kafka-ca"',
    /makes the secret kafka-ca/,
  ],
  [secretProblems, 'osteostream-clickhouse/password', 'clickhouse/password', /makes the secret clickhouse/],
  [
    addressProblems,
    '"bootstrapServers":"osteostream-kafka-bootstrap:9093"',
    '"bootstrapServers":"osteostream-kafka-bootstrap:9092"',
    /:9092/,
  ],
  [
    addressProblems,
    'http://clickhouse-osteostream:8123',
    'http://clickhouse:8123',
    /listens at clickhouse:8123/,
  ],
  [topicProblems, '"topic":"hip.images.v1"', '"topic":"hip.images.v2"', /hip\.images\.v2 is no topic/],
  [topicProblems, '"osteostream.sink.v1"', '"osteostream.sinks.v1"', /sinks\.v1 is no topic and no group/],
  [portProblems, '"containerPort":9464', '"containerPort":9465', /its port metrics is not 9464/],
  [portProblems, '"containerPort":11112', '"containerPort":104', /its port dicom is not 11112/],
]

describe('the manifests', { skip: noKubectl }, () => {
  for (const overlay of overlays)
    test(`${overlay}: rules of ours, settings, secrets, addresses, topics and ports fit together and to the code`, () => {
      const manifests = render(overlay)
      for (const check of [
        policyProblems,
        settingProblems,
        secretProblems,
        addressProblems,
        topicProblems,
        portProblems,
      ])
        assert.deepEqual(check(manifests), [], overlay)
    })

  test('a fault of each kind is seen', () => {
    const manifests = render('prod')
    for (const [check, from, to, said] of faults)
      assert.match(check(broken(manifests, from, to)).join('\n'), said, `${from} → ${to}`)
  })

  test('a pod is given longer to end than the drain of its process takes', () => {
    const graces = [...JSON.stringify(render('prod')).matchAll(/"terminationGracePeriodSeconds":(\d+)/g)].map(
      ([, seconds]) => Number(seconds),
    )
    assert.equal(graces.length, 5)
    for (const grace of graces) assert.ok(grace >= 35, `${grace} s`)
  })

  test('a query asks for metrics that are served', () => {
    const queries = [...JSON.stringify(render('prod')).matchAll(/"query":"((?:[^"\\]|\\.)*)"/g)].map(
      ([, query = '']) => JSON.parse(`"${query}"`) as string,
    )
    assert.ok(queries.length > 0)
    for (const query of queries) assert.deepEqual(metricProblems(query), [])
    assert.match(metricProblems('max(consumers_oldest_film_seconds{lane="live"})').join(), /is no metric/)
  })
})

describe('the types of Kubernetes and of its operators', { skip: noKubernetesTypes }, () => {
  for (const overlay of overlays)
    test(`${overlay}: every field is known and in its place`, () => {
      assert.deepEqual(schemaProblems(render(overlay)), [])
    })

  test('a fault in each type is seen, however deep', () => {
    const manifests = render('prod')
    const deep: readonly (readonly [string, string, RegExp])[] = [
      ['"periodSeconds":10', '"periodSecond":10', /Deployment.*periodSecond/s],
      [
        '"topologyKey":"kubernetes.io/hostname"',
        '"topologykey":"kubernetes.io/hostname"',
        /Deployment.*topologykey/s,
      ],
      ['"podSelector":{},', '"podSelectors":{},', /NetworkPolicy.*podSelectors/s],
      ['"backoffLimit":10', '"backoff":10', /Job.*backoff/s],
      ['"partitions":12', '"partition":12', /KafkaTopic.*partition/s],
      ['"patternType":"literal"', '"patternType":"exact"', /KafkaUser/],
      ['"type":"scram-sha-512"', '"type":"scram"', /Kafka fault/],
      ['"kraftMetadata":"shared"', '"kraft":"shared"', /KafkaNodePool.*kraft/s],
      ['"cooldownPeriod":600', '"coolDown":600', /ScaledObject.*coolDown/s],
      ['"secretTargetRef":', '"secretRef":', /TriggerAuthentication.*secretRef/s],
      ['"shardsCount":1', '"shards":1', /ClickHouseInstallation.*shards/s],
      ['"refreshInterval":', '"refresh":', /ExternalSecret.*refresh/s],
      ['"endpoints":[{"interval":', '"endpoints":[{"every":', /ServiceMonitor.*every/s],
      ['"expr":', '"expression":', /PrometheusRule.*expr/s],
      [
        '"clusters":[{"layout":{"replicasCount":3},',
        '"clusters":[{"layouts":{"replicasCount":3},',
        /ClickHouseKeeperInstallation/,
      ],
    ]
    // One run of Java for all faults: each bites in copies of its own, which bear its number.
    const copies = deep.flatMap(([from, to], at) =>
      broken(manifests, from, to)
        .filter((manifest) => JSON.stringify(manifest).includes(to))
        .map((manifest) => ({ ...manifest, metadata: { ...manifest.metadata, name: `fault-${at}` } })),
    )
    const problems = schemaProblems(copies)
    for (const [at, [from, to, said]] of deep.entries()) {
      const own = problems.filter((problem) => problem.includes(` fault-${at}:`))
      assert.match(own.join('\n'), said, `${from} → ${to}`)
    }
  })
})
