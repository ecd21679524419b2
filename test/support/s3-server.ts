import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AwsClient } from 'aws4fetch'
import { choosePorts } from '../../src/embedded/free-port.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { tempDir } from './temp-dir.ts'
import type { Undo } from './undo.ts'
import { waitFor } from './wait-for.ts'

const run = promisify(execFile)
const version = '2.6.0'
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.osteostream</groupId><artifactId>s3</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.gaul</groupId><artifactId>s3proxy</artifactId><version>${version}</version></dependency>
  </dependencies>
</project>
`
// Its usual log tells every byte and makes it a hundred times slower.
const quietLog = '<configuration><root level="OFF"/></configuration>'

const ensureJars = async (): Promise<string> => {
  const { cacheDir } = readSettings()
  const folder = join(cacheDir, `s3proxy-${version}`)
  if (existsSync(folder)) return folder
  await mkdir(cacheDir, { recursive: true })
  const fresh = await mkdtemp(join(cacheDir, 's3proxy-new-'))
  try {
    await writeFile(join(fresh, 'pom.xml'), pom)
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${fresh}`, '-DincludeScope=runtime']
    await run('mvn', ['-q', '-B', '-f', join(fresh, 'pom.xml'), ...goal], { timeout: 600_000 })
    // Of two tests that fetch at once the first gives the folder its name.
    await rename(fresh, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return folder
}

/** A key and a certificate of 127.0.0.1 as Java keeps them, and the certificate as Node reads it. */
const makeCertificate = async (folder: string) => {
  const store = ['-keystore', join(folder, 'keys.p12'), '-storepass', 'password', '-alias', 's3']
  const names = ['-dname', 'CN=s3 of a test', '-ext', 'san=ip:127.0.0.1', '-validity', '30']
  await run('keytool', ['-genkeypair', '-keyalg', 'EC', '-storetype', 'PKCS12', ...names, ...store])
  const { stdout } = await run('keytool', ['-exportcert', '-rfc', ...store])
  return { file: join(folder, 'keys.p12'), certificate: stdout }
}

export type S3Server = {
  readonly endpoint: string
  readonly secureEndpoint: string
  /** What a client must trust for the secure endpoint. */
  readonly certificate: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly bucket: string
  /** A request of its owner, for what our client never does. */
  readonly owner: (method: string, key: string, body?: Uint8Array) => Promise<Response>
}

/** Starts a real S3 server (s3proxy, jars through Maven) that keeps its objects in memory, with one empty bucket. */
export const startS3Server = async (undo: Undo): Promise<S3Server> => {
  const jars = await ensureJars()
  const folder = await tempDir({ after: (work) => undo(work) })
  const { file, certificate } = await makeCertificate(folder)
  const [port, securePort] = await choosePorts(join(folder, 'ports.json'), [undefined, undefined])
  const accessKeyId = 'tester'
  const secretAccessKey = 'secret of a test'
  const bucket = 'films'
  const settings = {
    's3proxy.endpoint': `http://127.0.0.1:${port}`,
    's3proxy.secure-endpoint': `https://127.0.0.1:${securePort}`,
    's3proxy.keystore-path': file,
    's3proxy.keystore-password': 'password',
    's3proxy.authorization': 'aws-v4',
    's3proxy.identity': accessKeyId,
    's3proxy.credential': secretAccessKey,
    's3proxy.ignore-unknown-headers': 'true',
    'jclouds.provider': 'transient-nio2',
    'jclouds.identity': 'unused',
    'jclouds.credential': 'unused',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(join(folder, 's3.properties'), lines.join(''))
  await writeFile(join(folder, 'logback.xml'), quietLog)
  const child = spawn(
    'java',
    [
      '-Xmx256m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      `-Dlogback.configurationFile=${join(folder, 'logback.xml')}`,
      '-cp',
      join(jars, '*'),
      'org.gaul.s3proxy.Main',
      '--properties',
      join(folder, 's3.properties'),
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise((resolve) => child.on('exit', resolve))
  undo(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const endpoint = `http://127.0.0.1:${port}`
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    service: 's3',
    region: 'us-east-1',
    retries: 0,
  })
  const owner = (method: string, key: string, body?: Uint8Array) =>
    client.fetch(`${endpoint}/${bucket}${key}`, {
      method,
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    })
  await waitFor(
    'the S3 server',
    () =>
      owner('PUT', '').then(
        ({ status }) => status === 200,
        () => false,
      ),
    300_000,
  )
  const secureEndpoint = `https://127.0.0.1:${securePort}`
  return { endpoint, secureEndpoint, certificate, accessKeyId, secretAccessKey, bucket, owner }
}
