/**
 * Adds the packages of other platforms to package-lock.json: `node .ci/complete-lockfile.js`. A registry that does not
 * serve them makes `npm install` leave them out, and `npm ci` then refuses the file, here and everywhere else.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const systems = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
  'aix',
  'netbsd',
]
const processors = {
  x64: 'x64',
  arm64: 'arm64',
  armv7: 'arm',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  loong64: 'loong64',
  wasm32: 'wasm32',
}

const platformOf = (name) => {
  const parts = name.replace('linuxmusl', 'linux-musl').replace('windows', 'win32').split(/[-/]/)
  const os = systems.filter((system) => parts.includes(system))
  const cpu = Object.entries(processors).flatMap(([part, processor]) =>
    parts.includes(part) ? [processor] : [],
  )
  return {
    ...(cpu.length > 0 ? { cpu: cpu.slice(0, 1) } : {}),
    ...(parts.includes('musl') || parts.some((part) => part.startsWith('musl')) ? { libc: ['musl'] } : {}),
    ...(os.length > 0 ? { os } : {}),
  }
}

let added = 0
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const known = [`node_modules/${name}`, `${path}/node_modules/${name}`].some((key) => key in lock.packages)
    if (known) continue
    const version = range.replace(/^[~^]/, '')
    const platform = platformOf(name)
    if (Object.keys(platform).length === 0) throw new Error(`which platform is ${name} for?`)
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platform,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    }
    added += 1
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`${added} packages of other platforms added\n`)
