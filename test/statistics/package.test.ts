import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { tempDir } from '../support/temp-dir.ts'

const root = resolve(import.meta.dirname, '..', '..')
const home = join(root, 'packages', 'statistics')
const readme = readFileSync(join(home, 'README.md'), 'utf8')
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((found) => found[1] ?? '')
const manifest: { dependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(home, 'package.json'), 'utf8'),
)

/** Each `// place = value` becomes a comparison; figures agree to the digits that are shown. */
const checked = (example: string): string =>
  example.replace(/^\/\/ ([\w.[\]]+) = (.+)$/gm, (_line, place: string, value: string) => {
    const digits = /^-?\d+\.(\d+)$/.exec(value)?.[1]?.length
    return digits === undefined
      ? `assert.deepEqual(${place}, ${value}, '${place}')`
      : `assert.equal(${place}.toFixed(${digits}), '${value}', '${place}')`
  })

/** Packs the package as a user would get it and lays it into an empty folder beside its own dependencies alone. */
const install = (folder: string): void => {
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const modules = join(folder, 'node_modules')
  const target = join(modules, '@osteostream', 'statistics')
  execFileSync(tsc, ['-p', join(home, 'tsconfig.json'), '--outDir', join(target, 'dist')])
  cpSync(join(home, 'package.json'), join(target, 'package.json'))
  const linkWithNeeds = (name: string): void => {
    const from = join(root, 'node_modules', name)
    const to = join(modules, name)
    if (existsSync(to) || !existsSync(from)) return
    mkdirSync(dirname(to), { recursive: true })
    symlinkSync(from, to)
    const own: { dependencies?: Record<string, string> } = JSON.parse(
      readFileSync(join(from, 'package.json'), 'utf8'),
    )
    for (const need of Object.keys(own.dependencies ?? {})) linkWithNeeds(need)
  }
  for (const name of Object.keys(manifest.dependencies)) linkWithNeeds(name)
}

describe('the package of the statistics', () => {
  test('its dependencies are those that src/statistics imports, in the versions of this repository, and maths alone', () => {
    const sources = readdirSync(join(root, 'src', 'statistics'), { recursive: true, encoding: 'utf8' })
    const imported = sources
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [
        ...readFileSync(join(root, 'src', 'statistics', name), 'utf8').matchAll(/from '([^.'][^']*)'/g),
      ])
      .map((found) => found[1] ?? '')
    assert.deepEqual([...new Set(imported)].sort(), Object.keys(manifest.dependencies).sort())
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      const own: { version: string } = JSON.parse(
        readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
      )
      assert.equal(own.version, version, name)
      assert.match(name, /^(@stdlib\/|ml-matrix$|yalps$)/)
    }
  })

  test('every example of its page runs in an empty folder, types included', async (t) => {
    const folder = await tempDir(t)
    install(folder)
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    assert.ok(examples.length >= 5)
    examples.forEach((example, i) => {
      const text = checked(example)
      assert.match(text, /assert\./, `example ${i} checks nothing`)
      writeFileSync(join(folder, `example-${i}.js`), `import assert from 'node:assert/strict'\n${text}`)
      execFileSync(process.execPath, [`example-${i}.js`], { cwd: folder, stdio: 'pipe' })
    })
    writeFileSync(
      join(folder, 'use.ts'),
      "import { type Answer, type ShareInterval, wilson } from '@osteostream/statistics'\nexport const found: Answer<ShareInterval> = wilson({ successes: 1, trials: 9 })\n",
    )
    execFileSync(
      join(root, 'node_modules', '.bin', 'tsc'),
      ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', '', 'use.ts'],
      { cwd: folder, stdio: 'pipe' },
    )
  })
})
