import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { deployFolder, kubectl } from './tools.ts'

/** A manifest, of which only the head is known. */
export type Manifest = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly [more: string]: unknown }
  readonly [more: string]: unknown
}

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
})

/** The manifests of a text in YAML. */
export const manifestsIn = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0] ?? new Error('no YAML')
    return manifestSchema.parse(document.toJS())
  })

export const overlays = ['dev', 'prod'] as const

/** What an overlay asks a cluster for. */
export const render = (overlay: (typeof overlays)[number]): readonly Manifest[] =>
  manifestsIn(
    execFileSync(kubectl, ['kustomize', join(deployFolder, 'k8s', 'overlays', overlay)], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    }),
  )

const roleSchema = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })) }),
    }),
  }),
})

const envSchema = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }).optional(),
})

const containerSchema = z.looseObject({
  image: z.string(),
  args: z.array(z.string()).default([]),
  env: z.array(envSchema).default([]),
  envFrom: z.array(z.looseObject({ configMapRef: z.object({ name: z.string() }).optional() })).default([]),
  ports: z.array(z.looseObject({ name: z.string().optional(), containerPort: z.number() })).default([]),
  resources: z
    .object({
      requests: z.record(z.string(), z.unknown()).default({}),
      limits: z.record(z.string(), z.unknown()).default({}),
    })
    .optional(),
  securityContext: z.looseObject({}).optional(),
  startupProbe: z.looseObject({}).optional(),
  readinessProbe: z.looseObject({}).optional(),
  livenessProbe: z.looseObject({}).optional(),
})

const podSchema = z.looseObject({
  automountServiceAccountToken: z.boolean().optional(),
  enableServiceLinks: z.boolean().optional(),
  serviceAccountName: z.string().optional(),
  priorityClassName: z.string().optional(),
  terminationGracePeriodSeconds: z.number().optional(),
  securityContext: z.looseObject({ runAsNonRoot: z.boolean().optional() }).optional(),
  containers: z.array(containerSchema),
  volumes: z
    .array(z.looseObject({ secret: z.looseObject({ secretName: z.string() }).optional() }))
    .default([]),
})
export type Pod = z.infer<typeof podSchema>

/** A process of ours: who runs it, and its pod. */
export type Workload = { readonly manifest: Manifest; readonly pod: Pod }

const workloadKinds = new Set(['Deployment', 'StatefulSet', 'Job'])

/** Everything that runs our image. */
export const workloadsIn = (manifests: readonly Manifest[]): readonly Workload[] =>
  manifests
    .filter(({ kind }) => workloadKinds.has(kind))
    .map((manifest) => ({
      manifest,
      pod: podSchema.parse(roleSchema.parse(manifest).spec.template.spec),
    }))

/** The values of a config map. */
export const configOf = (manifests: readonly Manifest[], name: string): Readonly<Record<string, string>> => {
  const found = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)
  return z.object({ data: z.record(z.string(), z.string()) }).parse(found).data
}
