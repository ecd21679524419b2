import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { alertRules } from '../../deploy/generators/alert-rules.ts'
import { dashboards } from '../../deploy/generators/dashboards.ts'
import { metricProblems } from './names.ts'
import { deployFolder } from './tools.ts'

const root = resolve(deployFolder, '..')
const folder = join(deployFolder, 'observability')

describe('rules and dashboards', () => {
  test('every alert has its page', () => {
    for (const { alert, runbook } of alertRules)
      assert.ok(existsSync(join(root, 'docs', 'runbook', `${runbook}.md`)), `${alert}: ${runbook}`)
  })

  test('every query asks for metrics that are served', () => {
    const ofDashboards = dashboards.flatMap(({ panels }) =>
      panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
    )
    for (const query of [...alertRules.map(({ expr }) => expr), ...ofDashboards])
      assert.deepEqual(metricProblems(query), [])
  })

  test('every alert has a test in which it is raised, and one in which it is not', () => {
    const tests = z
      .object({
        tests: z.array(
          z.looseObject({
            alert_rule_test: z.array(
              z.looseObject({ alertname: z.string(), exp_alerts: z.array(z.unknown()).optional() }),
            ),
          }),
        ),
      })
      .parse(parse(readFileSync(join(folder, 'rules.test.yaml'), 'utf8')))
    const cases = tests.tests.flatMap((one) => one.alert_rule_test)
    for (const { alert } of alertRules) {
      const own = cases.filter(({ alertname }) => alertname === alert)
      assert.ok(
        own.some(({ exp_alerts: raised }) => (raised ?? []).length > 0),
        `${alert} is never raised`,
      )
      assert.ok(
        own.some(({ exp_alerts: raised }) => (raised ?? []).length === 0),
        `${alert} is always raised`,
      )
    }
  })
})
