/**
 * Writes the contracts for people who write producers in other languages: `npm run contracts`. With `--check`
 * it writes nothing and fails where a file is not what the source says; `--into DIR` works on another folder.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { contractFiles } from '../contracts/contract-files.ts'
import { systemCodeOf } from '../runtime/errors.ts'
import { makeFolder } from '../runtime/make-folder.ts'

type Difference = { readonly path: string; readonly why: string }

const orUndefined = async <Value>(reading: Promise<Value>): Promise<Value | undefined> => {
  try {
    return await reading
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const firstDifference = (found: string, wanted: string): string => {
  const [foundLines, wantedLines] = [found.split('\n'), wanted.split('\n')]
  const index = wantedLines.findIndex((line, at) => line !== foundLines[at])
  const line = index < 0 ? wantedLines.length : index
  const quote = (text: string | undefined): string => (text === undefined ? 'nothing' : `"${text.trim()}"`)
  return `line ${line + 1} is ${quote(foundLines[line])}, must be ${quote(wantedLines[line])}`
}

/** Generated files of the folder that the source no longer declares. */
const strayFiles = async (folder: string): Promise<string[]> => {
  const declared = new Set(contractFiles().map((file) => file.path))
  const names = (await orUndefined(readdir(folder, { recursive: true }))) ?? []
  return names.filter((name) => name.endsWith('.json') && !declared.has(name)).toSorted()
}

const differencesIn = async (folder: string): Promise<Difference[]> => {
  const differences: Difference[] = []
  for (const { path, text } of contractFiles()) {
    const found = await orUndefined(readFile(join(folder, path), 'utf8'))
    if (found === undefined) differences.push({ path, why: 'missing' })
    else if (found !== text) differences.push({ path, why: firstDifference(found, text) })
  }
  const stray = await strayFiles(folder)
  return [...differences, ...stray.map((path) => ({ path, why: 'no longer declared' }))]
}

const write = async (folder: string): Promise<void> => {
  for (const { path, text } of contractFiles()) {
    await makeFolder(dirname(join(folder, path)))
    await writeFile(join(folder, path), text)
  }
  for (const path of await strayFiles(folder)) await rm(join(folder, path))
}

const check = async (folder: string): Promise<void> => {
  const differences = await differencesIn(folder)
  for (const { path, why } of differences) process.stderr.write(`contracts/${path}: ${why}\n`)
  if (differences.length === 0) return
  process.stderr.write('run `npm run contracts` and commit what it writes\n')
  process.exitCode = 1
}

const { values } = parseArgs({ options: { check: { type: 'boolean' }, into: { type: 'string' } } })
const folder = resolve(values.into ?? join(import.meta.dirname, '..', '..', 'contracts'))
if (values.check === true) await check(folder)
else await write(folder)
