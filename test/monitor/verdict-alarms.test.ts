import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { alarmSchema } from '../../src/contracts/alarm.ts'
import type { ChangeWord } from '../../src/contracts/change-report.ts'
import type { ReportScope } from '../../src/contracts/report.ts'
import type { Scene } from '../../src/monitor/changes/month-scene.ts'
import {
  alarmsBetween,
  alarmsOfVerdicts,
  type SaidVerdict,
} from '../../src/monitor/changes/verdict-alarms.ts'

const scene: Scene = {
  before: { kind: 'month', start: '2026-09-01' },
  after: { kind: 'month', start: '2026-10-01' },
  counts: [],
  devices: ['east-1', 'east-3', 'east-4', 'north-1'].map((siteId) => ({
    windowStart: '2026-10-01',
    siteId,
    region: siteId.startsWith('east') ? 'East' : 'North',
    domain: 'real',
    maker: 'Acme',
    detector: 'D1',
    softwareVersion: '1',
    films: 100,
  })),
  announcements: [],
}
const said = (kind: ReportScope['kind'], id: string, verdict: ChangeWord): SaidVerdict => ({
  scope: { kind, id },
  domain: 'real',
  verdict,
})
const at = new Date('2026-11-15T06:00:00.000Z')
const titlesOf = (verdicts: readonly SaidVerdict[]) =>
  alarmsOfVerdicts(verdicts, scene).map(({ title }) => title)

describe('alarms of verdicts', () => {
  test('a change of a region and of its clinics is one alarm, which names the clinics', () => {
    const [alarm, ...others] = alarmsOfVerdicts(
      [
        said('all', '', 'imaging'),
        said('maker', 'Acme', 'imaging'),
        said('region', 'East', 'imaging'),
        said('site', 'east-4', 'imaging'),
        said('site', 'east-3', 'imaging'),
        said('region', 'North', 'no-change-seen'),
      ],
      scene,
    )
    assert.deepEqual(others, [])
    assert.deepEqual(
      [alarm?.kind, alarm?.scope, alarm?.title, alarm?.evidence['clinics']],
      ['model-change', 'East', 'East: the images changed in 2026-10', 'east-3, east-4'],
    )
  })

  test('two changes that have nothing to do with each other are two alarms, in the same month too', () => {
    assert.deepEqual(
      titlesOf([
        said('region', 'East', 'imaging'),
        said('site', 'east-3', 'imaging'),
        said('site', 'north-1', 'imaging'),
        said('region', 'North', 'population-compatible'),
      ]),
      [
        'East: the images changed in 2026-10',
        'north-1: the images changed in 2026-10',
        'North: the people may have changed in 2026-10',
      ],
    )
  })

  test('a maker speaks where no place does, and all where nobody else does; what proves nothing raises none', () => {
    assert.deepEqual(titlesOf([said('maker', 'Acme', 'imaging'), said('all', '', 'imaging')]), [
      'Acme: the images changed in 2026-10',
    ])
    assert.deepEqual(titlesOf([said('all', '', 'pipeline')]), [
      'all regions: films are read differently in 2026-10',
    ])
    assert.deepEqual(titlesOf([said('region', 'East', 'undetermined'), said('all', '', 'not-judged')]), [])
  })

  test('the same change has the same id whenever it is found; what holds no more is taken back, and can come again', () => {
    const imaging = [said('region', 'East', 'imaging')]
    const raised = alarmsBetween([], imaging, scene, at)
    const later = alarmsBetween([], imaging, scene, new Date('2026-11-20T00:00:00.000Z'))
    assert.equal(later[0]?.alarmId, raised[0]?.alarmId)
    assert.deepEqual(alarmsBetween(imaging, imaging, scene, at), [])
    const back = alarmsBetween(imaging, [said('region', 'East', 'no-change-seen')], scene, at)
    assert.deepEqual(
      back.map(({ retracts }) => retracts),
      [raised[0]?.alarmId],
    )
    for (const alarm of [...raised, ...back]) assert.deepEqual(alarmSchema.parse(alarm), alarm)
    assert.notEqual(back[0]?.alarmId, raised[0]?.alarmId)
  })
})
