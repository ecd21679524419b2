import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { tempDir } from '../support/temp-dir.ts'
import { deployFolder, noPromtool } from './tools.ts'

const folder = join(deployFolder, 'observability')

const promtool = (...args: readonly string[]) =>
  spawnSync('promtool', [...args], { encoding: 'utf8', cwd: folder })

describe('rules as Prometheus runs them', { skip: noPromtool }, () => {
  test('they are rules, and do what their tests say', () => {
    for (const args of [
      ['check', 'rules', 'rules.yaml'],
      ['test', 'rules', 'rules.test.yaml'],
      ['check', 'config', '--syntax-only', 'prometheus.yaml'],
    ]) {
      const { status, stdout, stderr } = promtool(...args)
      assert.equal(status, 0, `promtool ${args.join(' ')}: ${stdout}${stderr}`)
    }
  })

  test('a rule that says something else fails its test', async (t) => {
    const away = await tempDir(t)
    const rules = readFileSync(join(folder, 'rules.yaml'), 'utf8')
    await writeFile(
      join(away, 'rules.yaml'),
      rules.replace(
        'analytics_ledger_balanced{job="osteostream"} == 0',
        'analytics_ledger_balanced{job="osteostream"} == 1',
      ),
    )
    const [head = '', first = ''] = readFileSync(join(folder, 'rules.test.yaml'), 'utf8').split(
      /(?=^ {2}- interval)/m,
    )
    await writeFile(join(away, 'rules.test.yaml'), head + first)
    assert.notEqual(promtool('test', 'rules', join(away, 'rules.test.yaml')).status, 0)
    await writeFile(join(away, 'rules.yaml'), rules.replace('max by (lane) (', 'max by lane) ('))
    assert.notEqual(promtool('check', 'rules', join(away, 'rules.yaml')).status, 0)
  })
})
