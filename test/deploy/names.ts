import { z } from 'zod'
import { otherMetrics } from '../../deploy/generators/metric.ts'
import { metrics } from '../../src/contracts/metric-names.ts'
import { consumerGroups, topics } from '../../src/contracts/topics.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { messageOf } from '../../src/runtime/errors.ts'
import { configOf, type Manifest, workloadsIn } from './manifests.ts'

/** Settings of Node itself that a pod may have. */
const ofNode = new Set(['NODE_EXTRA_CA_CERTS'])

/** The variables of a pod, with something in the place of what a secret holds. */
const environmentsIn = (manifests: readonly Manifest[]) =>
  workloadsIn(manifests).map(({ manifest, pod }) => {
    const [container] = pod.containers
    const shared = (container?.envFrom ?? []).flatMap(({ configMapRef }) =>
      configMapRef === undefined ? [] : Object.entries(configOf(manifests, configMapRef.name)),
    )
    const own = (container?.env ?? []).map(({ name, value }): [string, string] => [name, value ?? ''])
    return { name: manifest.metadata.name, variables: Object.fromEntries([...shared, ...own]) }
  })

/** Settings that the engine does not know, or takes otherwise. */
export const settingProblems = (manifests: readonly Manifest[]): readonly string[] =>
  environmentsIn(manifests).flatMap(({ name, variables }) => {
    const unknown = Object.keys(variables).filter(
      (variable) => !variable.startsWith('OSTEOSTREAM_') && !ofNode.has(variable),
    )
    try {
      readSettings({}, variables)
      return unknown.map((variable) => `${name}: ${variable} is nobody's setting`)
    } catch (error) {
      return [`${name}: ${messageOf(error)}`]
    }
  })

const secretsIn = (manifests: readonly Manifest[]): ReadonlySet<string> =>
  new Set(
    manifests.flatMap(({ kind, metadata }) => {
      if (kind === 'KafkaUser' || kind === 'ExternalSecret') return [metadata.name]
      // Strimzi keeps its authority there.
      return kind === 'Kafka' ? [`${metadata.name}-cluster-ca-cert`] : []
    }),
  )

/** Secrets that nobody makes. */
export const secretProblems = (manifests: readonly Manifest[]): readonly string[] => {
  const made = secretsIn(manifests)
  const text = JSON.stringify(manifests)
  const wanted = [
    ...workloadsIn(manifests).flatMap(({ pod }) => [
      ...pod.volumes.flatMap(({ secret }) => (secret === undefined ? [] : [secret.secretName])),
      ...pod.containers.flatMap(({ env }) =>
        env.flatMap(({ valueFrom }) => (valueFrom === undefined ? [] : [valueFrom.secretKeyRef.name])),
      ),
    ]),
    ...[...text.matchAll(/"k8s_secret_password":"([^/"]+)\/|k8s_secret_password":"([^/"]+)\//g)].map(
      (match) => match[1] ?? match[2] ?? '',
    ),
  ]
  return [...new Set(wanted)]
    .filter((name) => !made.has(name))
    .map((name) => `nobody makes the secret ${name}`)
}

/** Addresses of services, those that operators make among them. */
const servicesIn = (manifests: readonly Manifest[]): ReadonlyMap<string, readonly number[]> =>
  new Map(
    manifests.flatMap((manifest): [string, number[]][] => {
      const { kind, metadata } = manifest
      if (kind === 'Service') {
        const ports = z.object({ spec: z.object({ ports: z.array(z.object({ port: z.number() })) }) })
        return [[metadata.name, ports.parse(manifest).spec.ports.map(({ port }) => port)]]
      }
      if (kind === 'Kafka') {
        const listeners = z.object({
          spec: z.object({ kafka: z.object({ listeners: z.array(z.looseObject({ port: z.number() })) }) }),
        })
        return [
          [
            `${metadata.name}-kafka-bootstrap`,
            listeners.parse(manifest).spec.kafka.listeners.map(({ port }) => port),
          ],
        ]
      }
      if (kind === 'ClickHouseInstallation') return [[`clickhouse-${metadata.name}`, [8123, 9000]]]
      return kind === 'ClickHouseKeeperInstallation' ? [[`keeper-${metadata.name}`, [2181]]] : []
    }),
  )

/** Addresses inside the cluster that lead to no service. */
export const addressProblems = (manifests: readonly Manifest[]): readonly string[] => {
  const services = servicesIn(manifests)
  const { OSTEOSTREAM_KAFKA_BROKERS: kafka = '', OSTEOSTREAM_CLICKHOUSE_URL: clickhouse = '' } = configOf(
    manifests,
    'osteostream-settings',
  )
  const text = JSON.stringify(manifests.filter(({ kind }) => kind === 'ScaledObject'))
  const wanted = [
    kafka,
    new URL(clickhouse).host,
    ...[...text.matchAll(/"bootstrapServers":"([^"]+)"/g)].map(([, address = '']) => address),
  ]
  return wanted.flatMap((address) => {
    const [name = '', port = ''] = address.split(':')
    return services.get(name)?.includes(Number(port)) === true ? [] : [`no service listens at ${address}`]
  })
}

/** Topics and groups that the code does not know, and lag that nobody reads. */
export const topicProblems = (manifests: readonly Manifest[]): readonly string[] => {
  const text = JSON.stringify(manifests)
  const known = new Set<string>([...topics.map(({ name }) => name), ...Object.values(consumerGroups)])
  const named = [...text.matchAll(/"(hip\.[a-z0-9.-]+|osteostream\.[a-z]+\.v\d+)"/g)].map(
    ([, name = '']) => name,
  )
  return [...new Set(named)]
    .filter((name) => !known.has(name))
    .map((name) => `${name} is no topic and no group`)
}

const words = new Set(
  'sum max min avg by rate increase absent and or on unless time label_replace without lane pod outcome reason code what kind part role state via refusal answer status consumergroup gpu Hostname'.split(
    ' ',
  ),
)

/** Metrics of a query that nobody serves. */
export const metricProblems = (query: string): readonly string[] => {
  const bare = query.replace(/\{[^}]*\}/g, '').replace(/\[[^\]]*\]/g, '')
  const names = [...bare.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)].map(([name]) => name)
  return names
    .filter((name) => !words.has(name) && !(name in metrics) && !(name in otherMetrics))
    .map((name) => `${name} is no metric: ${query}`)
}

/** Ports of probes, services and policies that no container opens, by the settings of the code. */
export const portProblems = (manifests: readonly Manifest[]): readonly string[] =>
  environmentsIn(manifests).flatMap(({ name, variables }) => {
    const { metricsPort, gatewayDicomPort, gatewayHttpPort } = readSettings({}, variables)
    const workload = workloadsIn(manifests).find(({ manifest }) => manifest.metadata.name === name)
    if (workload?.manifest.kind === 'Job') return []
    const opened = new Map(
      workload?.pod.containers.flatMap(({ ports }) =>
        ports.map((port): [string, number] => [port.name ?? '', port.containerPort]),
      ),
    )
    const wanted = [
      ['metrics', metricsPort],
      ...(name === 'gateway'
        ? ([
            ['dicom', gatewayDicomPort],
            ['dicomweb', gatewayHttpPort],
          ] as const)
        : []),
    ] as const
    return wanted
      .filter(([port, number]) => opened.get(port) !== number)
      .map(([port, number]) => `${name}: its port ${port} is not ${number}, as its settings say`)
  })
