import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { alarmKinds, runbookOf } from '../src/contracts/alarm.ts'
import { contractFiles } from '../src/contracts/contract-files.ts'
import { deadLetterCodes } from '../src/contracts/reasons.ts'
import { readSettings } from '../src/runtime/config.ts'

const root = resolve(import.meta.dirname, '..')
const skipped = new Set(['node_modules', '.git', 'dist', '.osteostream'])

/** Files below a folder of the repository, relative to its root. */
const filesBelow = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesBelow(path, pattern)
    return pattern.test(entry.name) ? [path] : []
  })

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
const pages = filesBelow('.', /\.md$/).map((path) => ({ path, text: textOf(path) }))
const source = filesBelow('src', /\.(ts|sql)$/).map((path) => ({ path, text: textOf(path) }))

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '')

/** Anchors of a page as GitHub makes them. */
const anchorsOf = (text: string): Set<string> =>
  new Set(
    [...withoutCode(text).matchAll(/^#+ +(.+)$/gm)].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )

/** Why a link from a page leads nowhere. */
const brokenLink = (from: string, target: string): string | undefined => {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? from : relative(root, resolve(root, dirname(from), path))
  if (!existsSync(join(root, file))) return `${from}: ${target} leads to no file`
  if (anchor === undefined || anchorsOf(textOf(file)).has(anchor)) return undefined
  return `${from}: ${target} leads to no heading`
}

const linksOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|(?:src|href)="([^"]+)"/g)]
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))

const commandLine = join(root, 'src', 'cli', 'main.ts')
const noCommands = !existsSync(commandLine) && 'there is no command line: the commands are NOT checked'
const helped = new Map<string, Set<string>>()

/** The commands that the command line, or one of its commands, lists in its help. */
const commandsOf = (...words: string[]): Set<string> => {
  const known = helped.get(words.join(' '))
  if (known !== undefined) return known
  const { stdout } = spawnSync(process.execPath, [commandLine, ...words, '--help'], { encoding: 'utf8' })
  const listed = stdout.split(/^Commands:$/m)[1] ?? ''
  const names = new Set([...listed.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map((match) => match[1] ?? ''))
  helped.set(words.join(' '), names)
  return names
}

describe('the pages', () => {
  test('every link within the repository leads to a file and a heading', () => {
    const broken = pages.flatMap(({ path, text }) =>
      linksOf(text).flatMap((target) => brokenLink(path, target) ?? []),
    )
    assert.deepEqual(broken, [])
  })

  test('a link that leads nowhere is seen', () => {
    assert.match(brokenLink('SECURITY.md', 'docs/none.md') ?? '', /leads to no file/)
    assert.match(brokenLink('SECURITY.md', 'CHANGELOG.md#none') ?? '', /leads to no heading/)
    assert.equal(brokenLink('docs/ARCHITECTURE.md', 'adr/0004-identity.md#decision'), undefined)
    assert.deepEqual(linksOf('[a](b.md) <img src="c.svg"> [d](https://example.org)'), ['b.md', 'c.svg'])
  })

  test('every file of the repository that a page names is there', () => {
    const named = /`((?:src|test|docs|examples|contracts|bench|training|deploy)\/[\w./-]*[\w/])`/g
    const missing = pages.flatMap(({ path, text }) =>
      [...text.matchAll(named)]
        .map((match) => match[1] ?? '')
        .filter((name) => !existsSync(join(root, name)) && name !== 'bench/results')
        .map((name) => `${path}: ${name}`),
    )
    assert.deepEqual(missing, [])
  })

  test('every npm script that a page names is in package.json', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(textOf('package.json')))
    for (const { path, text } of pages)
      for (const [, name = ''] of text.matchAll(/npm run ([a-z:-]*[a-z])/g))
        assert.ok(name in scripts, `${path}: npm run ${name}`)
  })

  test('every command that a page names is one of the command line', { skip: noCommands }, () => {
    for (const { path, text } of pages)
      for (const [, command = '', word] of text.matchAll(
        /npm start -- ([a-z][a-z-]*)(?: ([a-z][a-z-]*)\b)?/g,
      )) {
        assert.ok(commandsOf().has(command), `${path}: npm start -- ${command}`)
        const inner = commandsOf(command)
        assert.ok(word === undefined || inner.size === 0 || inner.has(word), `${path}: ${command} ${word}`)
      }
  })

  test('every setting that a page names is one', () => {
    for (const { path, text } of pages)
      for (const [name] of text.matchAll(/OSTEOSTREAM_[A-Z0-9_]*[A-Z0-9]/g))
        assert.doesNotThrow(() => readSettings({}, { [name]: '' }), `${path}: ${name}`)
  })

  test('every metric that a page names is measured', () => {
    const measured = source.map(({ text }) => text).join('\n')
    const metric = /`((?:producers|gateway|consumers|inference|analytics|runtime)_[a-z_]+)`/g
    for (const { path, text } of pages)
      for (const [, name = ''] of text.matchAll(metric))
        assert.ok(measured.includes(`'${name}'`), `${path}: ${name}`)
  })
})

describe('the runbook', () => {
  const notRaised = /\*\*Not raised in this version[.*]/

  for (const kind of alarmKinds)
    test(`${kind} has its page, which says what it means, how to see it, what to do and how to go on`, () => {
      const text = textOf(runbookOf(kind))
      assert.ok(text.startsWith(`# ${kind}\n`))
      const parts = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1])
      assert.deepEqual(parts, ['What it means', 'How to see it', 'What to do', 'How to go on'])
    })

  test('a page says of its kind that nothing raises it exactly while nothing does', () => {
    // The dashboard shows alarms of every kind, and raises none.
    const rest = source.filter(({ path }) => !/^src\/(?:contracts|dashboard)\//.test(path))
    for (const kind of alarmKinds) {
      const isRaised = rest.some(({ text }) => text.includes(`'${kind}'`))
      assert.equal(notRaised.test(textOf(runbookOf(kind))), !isRaised, kind)
    }
  })

  test('every page that the source names is there', () => {
    const named = source.flatMap(({ path, text }) =>
      [...text.matchAll(/docs\/[\w/.-]+\.md/g)].map(([name]) => ({ path, name })),
    )
    assert.ok(named.length > 0)
    for (const { path, name } of named) assert.ok(existsSync(join(root, name)), `${path}: ${name}`)
  })

  test('every page that the generated contracts name is there, with its heading', () => {
    for (const { path, text } of contractFiles())
      for (const [name] of text.matchAll(/docs\/runbook\/[\w.#-]+/g))
        assert.equal(brokenLink('README.md', name), undefined, path)
  })

  test('the dead letters page has one heading for each code, with a remedy', () => {
    const text = textOf('docs/runbook/dead-letters.md')
    const sections = text.split(/^### /m).slice(1)
    assert.deepEqual(
      sections.map((section) => section.split('\n', 1)[0]).toSorted((a = '', b = '') => (a < b ? -1 : 1)),
      deadLetterCodes.toSorted((a, b) => (a < b ? -1 : 1)),
    )
    for (const section of sections) assert.match(section, /\nRemedy: /)
  })

  test('every log line in a table of a page is one that the source writes', () => {
    const written = source.map(({ text }) => text).join('\n')
    for (const page of ['services', 'spool']) {
      const rows = [...textOf(`docs/runbook/${page}.md`).matchAll(/^\| `([^`]+)` \|/gm)]
      assert.ok(rows.length > 0)
      for (const [, line = ''] of rows) assert.ok(written.includes(`'${line}'`), `${page}: ${line}`)
    }
  })
})
