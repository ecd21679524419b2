import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import type { Manifest } from './manifests.ts'
import { deployFolder, kubernetesClassPath } from './tools.ts'

const schemas = join(deployFolder, 'schemas')

/** The strict schemas of custom resources, by kind. */
const customKinds = (): ReadonlyMap<string, ValidateFunction> => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  return new Map(
    readdirSync(schemas)
      .filter((name) => name.endsWith('.json'))
      .map((name) => [
        name.split('-')[0] ?? '',
        ajv.compile(JSON.parse(readFileSync(join(schemas, name), 'utf8'))),
      ]),
  )
}

const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`

/** Whether a manifest is of a type that Kubernetes brings itself. */
const isCore = ({ apiVersion }: Manifest): boolean =>
  !apiVersion.includes('/') || /^(?:apps|batch|policy|autoscaling|[a-z.]+\.k8s\.io)\//.test(apiVersion)

/** What Kubernetes' own types refuse. */
const coreProblems = (manifests: readonly Manifest[]): readonly string[] => {
  const { stdout, stderr, status } = spawnSync(
    'java',
    ['-XX:TieredStopAtLevel=1', '-cp', kubernetesClassPath(), join(import.meta.dirname, 'StrictTypes.java')],
    { input: manifests.map((manifest) => `${JSON.stringify(manifest)}\n`).join(''), encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  const answers = stdout.trim().split('\n')
  return manifests.flatMap((manifest, at) =>
    answers[at] === 'ok' ? [] : [`${nameOf(manifest)}: ${answers[at]}`],
  )
}

/** What the schemas of their operators refuse. */
export const customProblems = (manifests: readonly Manifest[]): readonly string[] => {
  const kinds = customKinds()
  return manifests.flatMap((manifest) => {
    const validate = kinds.get(manifest.kind)
    if (validate === undefined) return [`${nameOf(manifest)}: there is no schema of this kind`]
    if (validate(manifest)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${nameOf(manifest)}: ${instancePath} ${message} ${JSON.stringify(params)}`,
    )
  })
}

/** What is wrong with manifests by the types of Kubernetes and of the operators: unknown, missing and misplaced fields. */
export const schemaProblems = (manifests: readonly Manifest[]): readonly string[] => [
  ...coreProblems(manifests.filter(isCore)),
  ...customProblems(manifests.filter((manifest) => !isCore(manifest))),
]
