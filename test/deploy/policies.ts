import { type Manifest, type Workload, workloadsIn } from './manifests.ts'

/** A rule of ours, and what breaks it. */
type Policy = (workload: Workload, manifests: readonly Manifest[]) => readonly string[]

const when = (isBroken: boolean, problem: string): readonly string[] => (isBroken ? [problem] : [])

const limits: Policy = ({ pod }) =>
  pod.containers.flatMap(({ resources }) => [
    ...when(resources?.limits['memory'] === undefined, 'has no limit of memory'),
    ...when(
      resources?.requests['memory'] === undefined || resources.requests['cpu'] === undefined,
      'does not say what it needs',
    ),
  ])

const rights: Policy = ({ pod }) => [
  ...when(pod.securityContext?.runAsNonRoot !== true, 'may run as root'),
  ...when(pod.automountServiceAccountToken !== false, 'holds a token of the API server'),
  ...pod.containers.flatMap(({ securityContext = {} }) => [
    ...when(securityContext['readOnlyRootFilesystem'] !== true, 'may write its root'),
    ...when(securityContext['allowPrivilegeEscalation'] !== false, 'may gain rights'),
    ...when(
      JSON.stringify(securityContext['capabilities']) !== '{"drop":["ALL"]}',
      'keeps capabilities of the kernel',
    ),
  ]),
]

const probes: Policy = ({ manifest, pod }) =>
  manifest.kind === 'Job'
    ? []
    : pod.containers.flatMap((container) =>
        (['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
          .filter((probe) => container[probe] === undefined)
          .map((probe) => `has no ${probe}`),
      )

const image: Policy = ({ pod }) =>
  pod.containers.flatMap((container) =>
    when(
      !/:[^:/]+$|@sha256:/.test(container.image) || container.image.endsWith(':latest'),
      `runs ${container.image}: a tag that stays is needed`,
    ),
  )

/** Kubernetes would set OSTEOSTREAM_… variables of its services, and a process refuses settings that it does not know. */
const links: Policy = ({ pod }) => when(pod.enableServiceLinks !== false, 'gets variables of services')

/** Names that must stand in the manifests too. */
const neighbours: Policy = ({ manifest, pod }, manifests) => {
  const has = (kind: string, name: string | undefined): boolean =>
    manifests.some((other) => other.kind === kind && other.metadata.name === name)
  return [
    ...when(
      !has('ServiceAccount', pod.serviceAccountName),
      `its account ${pod.serviceAccountName} is not there`,
    ),
    ...when(!has('PriorityClass', pod.priorityClassName), 'has no priority'),
    ...when(manifest.kind !== 'Job' && !has('PodDisruptionBudget', manifest.metadata.name), 'has no budget'),
  ]
}

const policies: readonly Policy[] = [limits, rights, probes, image, links, neighbours]

/** What is against our rules. */
export const policyProblems = (manifests: readonly Manifest[]): readonly string[] => [
  ...workloadsIn(manifests).flatMap((workload) =>
    policies.flatMap((policy) =>
      policy(workload, manifests).map((problem) => `${workload.manifest.metadata.name}: ${problem}`),
    ),
  ),
  ...when(
    !manifests.some(
      ({ kind, spec }) =>
        kind === 'NetworkPolicy' &&
        JSON.stringify(spec).includes('"podSelector":{},"policyTypes":["Ingress","Egress"]}'),
    ),
    'nothing denies all traffic that is not named',
  ),
]
