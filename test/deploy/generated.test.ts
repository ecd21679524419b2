import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { generatedFiles } from '../../deploy/generators/generated-files.ts'
import { kafkaAccess } from '../../deploy/generators/kafka-access.ts'
import { sinkTopics } from '../../src/consumers/read-result.ts'
import { topics } from '../../src/contracts/topics.ts'
import { customProblems } from './check-schemas.ts'
import { manifestsIn } from './manifests.ts'
import { deployFolder } from './tools.ts'

describe('what is made from the source', () => {
  for (const { path, text } of generatedFiles())
    test(`deploy/${path} is what the source says: npm run deploy`, () => {
      assert.equal(readFileSync(join(deployFolder, path), 'utf8'), text)
    })

  test('every topic stands there as it is declared, and is taken by its operator', () => {
    const manifests = manifestsIn(readFileSync(join(deployFolder, 'k8s/base/kafka-topics.yaml'), 'utf8'))
    assert.deepEqual(
      manifests.map(({ metadata }) => metadata.name),
      topics.map(({ name }) => name),
    )
    assert.deepEqual(customProblems(manifests), [])
    assert.match(
      customProblems(manifests.map((one) => ({ ...one, spec: { partition: 1 } }))).join(),
      /partition/,
    )
  })

  test('a clinic can read nothing, and only screening can say verdicts', () => {
    const may = (what: 'reads' | 'writes', topic: string) =>
      kafkaAccess.filter((access) => access[what].includes(topic)).map(({ name }) => name)
    assert.deepEqual(kafkaAccess.find(({ name }) => name === 'gateway')?.reads, [])
    assert.deepEqual(may('writes', 'hip.verdicts.v1'), ['screening'])
    assert.deepEqual(may('writes', 'hip.reports.v1'), ['monitor'])
    for (const topic of sinkTopics) assert.ok(may('reads', topic).includes('sink'), topic)
    for (const { name } of topics) assert.ok(may('reads', name).length > 0, `nobody reads ${name}`)
  })
})
