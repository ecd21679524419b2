import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { makeFolder } from '../../runtime/make-folder.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')
/** Everything that the built app follows from. */
const sources = ['web', 'src/figures', 'src/dashboard/server/answers.ts', 'package-lock.json'] as const

/** A file of the built app. */
export type AppFile = { readonly bytes: Buffer; readonly zipped: Buffer; readonly type: string }

/** The browser app, once it is built. */
export type WebApp = {
  /** Undefined while it is being built, or where that has failed. */
  readonly file: (path: string) => AppFile | undefined
  readonly state: () => 'building' | 'ready' | 'failed'
  readonly stop: () => Promise<void>
}

const filesBelow = async (path: string): Promise<readonly string[]> => {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined)
  if (entries === undefined) return [path]
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

/** The digest of the sources: an app that was built from the same ones is the same. */
export const sourceDigest = async (): Promise<string> => {
  const hash = createHash('sha256')
  for (const source of sources)
    for (const file of await filesBelow(join(root, source)))
      hash
        .update(file.slice(root.length))
        .update('\0')
        .update(await readFile(file))
        .update('\0')
  return hash.digest('hex').slice(0, 20)
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

const load = async (folder: string): Promise<ReadonlyMap<string, AppFile>> => {
  const files = new Map<string, AppFile>()
  for (const path of await filesBelow(folder)) {
    const bytes = await readFile(path)
    const type = types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
    files.set(path.slice(folder.length), { bytes, zipped: gzipSync(bytes), type })
  }
  return files
}

/** Builds in a process of its own, below everybody else, so that films do not wait for it. */
const build = (target: string, stopping: AbortSignal): Promise<void> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'build-app.ts'), target], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      signal: stopping,
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000)
    })
    child.on('error', fail)
    child.on('exit', (code) =>
      code === 0 ? done() : fail(new Error(`the build ended with ${code}: ${said}`)),
    )
  })

/**
 * Opens the browser app: built at the first start into the cache, under the digest of its sources; every later start finds it.
 * `npm ci` builds nothing.
 */
export const openWebApp = (options: { readonly cacheDir: string; readonly logger: Logger }): WebApp => {
  const stopping = new AbortController()
  let files: ReadonlyMap<string, AppFile> | undefined
  let state: ReturnType<WebApp['state']> = 'building'
  const open = async (): Promise<void> => {
    const folder = join(options.cacheDir, 'web', await sourceDigest())
    if (!existsSync(folder)) {
      const fresh = `${folder}.${process.pid}.new`
      await makeFolder(join(options.cacheDir, 'web'))
      await build(fresh, stopping.signal)
      // Of two engines that build at once the first one's stays; both are the same.
      await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }))
    }
    files = await load(folder)
    state = 'ready'
  }
  const opening = open().catch((error: unknown) => {
    state = 'failed'
    if (!stopping.signal.aborted)
      options.logger.error({ error: messageOf(error) }, 'the pages could not be built; the API answers')
  })
  return {
    file: (path) => files?.get(path),
    state: () => state,
    stop: async () => {
      stopping.abort()
      await opening
    },
  }
}
