import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, test } from 'node:test'

const root = resolve(import.meta.dirname, '..')
const source = join(root, 'src')
const everything = 'everything'
const node = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)]
const maths = ['ml-matrix', 'yalps', '@stdlib/']

/** What each room may import: other rooms, Node and packages (a name that ends in `/` is a scope). */
const rooms: Record<string, { rooms: string[] | typeof everything; packages: string[] | typeof everything }> =
  {
    contracts: { rooms: [], packages: ['zod'] },
    runtime: { rooms: [], packages: everything },
    imaging: { rooms: ['contracts', 'runtime'], packages: everything },
    statistics: { rooms: [], packages: maths },
    producers: { rooms: ['contracts', 'runtime', 'imaging'], packages: everything },
    gateway: { rooms: ['contracts', 'runtime', 'imaging'], packages: everything },
    consumers: { rooms: ['contracts', 'runtime'], packages: everything },
    figures: { rooms: [], packages: everything },
    inference: { rooms: ['contracts', 'runtime', 'imaging', 'statistics', 'figures'], packages: everything },
    analytics: { rooms: ['contracts', 'runtime', 'statistics', 'figures'], packages: everything },
    monitor: { rooms: ['contracts', 'runtime', 'statistics', 'figures'], packages: everything },
    operations: { rooms: ['contracts', 'runtime'], packages: everything },
    dashboard: {
      rooms: ['contracts', 'runtime', 'statistics', 'operations', 'figures'],
      packages: everything,
    },
    simulation: { rooms: ['contracts', 'runtime', 'imaging'], packages: everything },
    embedded: { rooms: ['runtime'], packages: everything },
    roles: { rooms: everything, packages: everything },
    cli: { rooms: everything, packages: everything },
  }

/** A package that only one file of the source may import (a second one means the design is wrong). */
const oneFile = [
  'onnxruntime-node',
  'kafkajs',
  '@clickhouse/client',
  'sharp',
  'dcmjs-codecs',
  '@cornerstonejs/codec-charls',
  'pino',
  'ffi-rs',
  'dcmjs-dimse',
  '@fastify/busboy',
  'aws4fetch',
]

const sourceFiles = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(source, name))

const importPattern = /(?:from|import)\s*\(?\s*'([^']+)'|new URL\(\s*'([^']+\.ts)'/g
const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? '')

const roomOf = (file: string): string => relative(source, file).split('/')[0] ?? ''
const packageAllowed = (name: string, allowed: string[]): boolean =>
  allowed.some((entry) => name === entry || name.startsWith(entry.endsWith('/') ? entry : `${entry}/`))

const breachOf = (file: string, specifier: string): string | undefined => {
  const room = rooms[roomOf(file)]
  const where = relative(root, file)
  if (specifier.startsWith('.')) {
    const target = resolve(dirname(file), specifier)
    if (!existsSync(target)) return `${where} imports ${specifier}, which is no file`
    const other = roomOf(target)
    if (room === undefined || other === roomOf(file)) return undefined
    if (room.rooms === everything || room.rooms.includes(other)) return undefined
    return `${where} imports ${specifier}: room ${roomOf(file)} must not know room ${other}`
  }
  if (room === undefined || room.packages === everything) return undefined
  const allowed = [
    ...room.packages,
    ...(roomOf(file) === 'contracts' || roomOf(file) === 'statistics' ? [] : node),
  ]
  return packageAllowed(specifier, allowed) ? undefined : `${where} imports package ${specifier}`
}

describe('architecture', () => {
  test('every import stays within what its room may know', () => {
    const breaches = sourceFiles.flatMap((file) =>
      importsOf(file).flatMap((specifier) => breachOf(file, specifier) ?? []),
    )
    assert.deepEqual(breaches, [])
  })

  test('every room is declared and every source file stands in one', () => {
    const stray = sourceFiles.filter((file) => !(roomOf(file) in rooms))
    assert.deepEqual(stray, [])
  })

  test('one file knows each vendor package', () => {
    const crowded = oneFile.flatMap((name) => {
      const users = sourceFiles.filter((file) => importsOf(file).includes(name))
      return users.length > 1 ? [`${name}: ${users.map((file) => relative(root, file)).join(', ')}`] : []
    })
    assert.deepEqual(crowded, [])
  })

  test('a breach is seen', () => {
    const file = join(source, 'statistics', 'example.ts')
    assert.match(breachOf(file, 'kafkajs') ?? '', /imports package kafkajs/)
    assert.match(breachOf(file, 'node:fs') ?? '', /imports package node:fs/)
    assert.match(breachOf(file, '../runtime/outcome.ts') ?? '', /must not know room runtime/)
  })
})
