/** `npm run bench -- NAME …`: runs the named measures (all without a name) and keeps their figures. */
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'

const benches = [
  'start',
  'sink',
  'engine',
  'backlog',
  'scaling',
  'steady',
  'statistics',
  'imaging',
  'deidentify',
  'gateway',
  'models',
] as const
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const unknown = chosen.find((name) => !benches.some((bench) => bench === name))
if (unknown !== undefined) {
  console.error(`no bench ${unknown}; there are: ${benches.join(', ')}`)
  process.exit(2)
}
const host = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  node: process.versions.node,
  at: new Date().toISOString(),
}
console.log(JSON.stringify({ host }))
const results = join(import.meta.dirname, 'results')
await mkdir(results, { recursive: true })
for (const name of benches) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  const { run } = (await import(`./${name}.ts`)) as { run: () => Promise<object> }
  const figures = await run()
  console.log(JSON.stringify({ [name]: figures }, null, 2))
  await writeFile(join(results, `${name}.json`), `${JSON.stringify({ host, [name]: figures }, null, 2)}\n`)
}
process.exit(0)
