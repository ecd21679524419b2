import { consumerGroups } from '../../src/contracts/topics.ts'
import { otherSeries, series } from './metric.ts'

type Unit = 'short' | 's' | 'bytes' | 'ops' | 'percentunit' | 'percent'
type Panel = {
  readonly title: string
  readonly kind: 'timeseries' | 'stat'
  readonly unit: Unit
  readonly queries: readonly { readonly expr: string; readonly legend: string }[]
}
/** A dashboard: panels from left to right, two a row. */
export type Dashboard = {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
}

const perSecond = (of: string, by = ''): string => `sum${by === '' ? '' : ` by (${by})`} (rate(${of}[5m]))`
const lines = (title: string, unit: Unit, ...queries: readonly (readonly [string, string])[]): Panel => ({
  title,
  kind: 'timeseries',
  unit,
  queries: queries.map(([expr, legend]) => ({ expr, legend })),
})
const number = (title: string, unit: Unit, expr: string): Panel => ({
  title,
  kind: 'stat',
  unit,
  queries: [{ expr, legend: '' }],
})

const screened = 'consumers_screened_films_total'
const lag = (groupId: string): string =>
  `sum(${otherSeries('kafka_consumergroup_lag', { consumergroup: groupId })})`

/** Every dashboard. */
export const dashboards: readonly Dashboard[] = [
  {
    uid: 'osteostream-flow',
    title: 'osteostream: flow',
    panels: [
      lines(
        'films a second',
        'ops',
        [perSecond(series('producers_published_films_total')), 'published'],
        [perSecond(series(screened)), 'screened'],
        [perSecond(series('consumers_sink_records_total')), 'records stored'],
      ),
      lines('verdicts by outcome', 'ops', [perSecond(series(screened), 'outcome'), '{{outcome}}']),
      lines('refused, by reason', 'ops', [
        perSecond(series(screened, { outcome: 'rejected' }), 'reason'),
        '{{reason}}',
      ]),
      lines('dead letters, by code', 'ops', [
        perSecond(series(screened, { outcome: 'deadLettered' }), 'code'),
        '{{code}}',
      ]),
      lines('oldest film in work', 's', [
        `max by (lane) (${series('consumers_oldest_record_seconds')})`,
        '{{lane}}',
      ]),
      lines(
        'records behind',
        'short',
        [lag(consumerGroups.screening), 'screening'],
        [lag(consumerGroups.backfill), 'backfill'],
        [lag(consumerGroups.sink), 'sink'],
      ),
      lines('bytes of films in work', 'bytes', [
        `sum by (pod, lane) (${series('consumers_film_bytes_in_flight_bytes')})`,
        '{{pod}} {{lane}}',
      ]),
      number('stuck films', 'short', `sum(${series('consumers_stuck_records')})`),
    ],
  },
  {
    uid: 'osteostream-models',
    title: 'osteostream: GPU and models',
    panels: [
      lines('workers up', 'short', [`sum by (pod) (${series('inference_workers_up')})`, '{{pod}}']),
      lines('degraded', 'short', [
        `max by (pod, what) (${series('inference_degraded')})`,
        '{{pod}} {{what}}',
      ]),
      lines('workers replaced an hour', 'short', [
        `sum by (kind) (increase(${series('inference_workers_replaced_total')}[1h]))`,
        '{{kind}}',
      ]),
      lines('memory by part', 'bytes', [
        `sum by (pod, part) (${series('runtime_memory_bytes', { role: 'screening' })})`,
        '{{pod}} {{part}}',
      ]),
      lines('GPU in use', 'percent', [
        `avg by (Hostname, gpu) (${otherSeries('DCGM_FI_DEV_GPU_UTIL')})`,
        '{{Hostname}} {{gpu}}',
      ]),
      lines('GPU memory in use, MiB', 'short', [
        `sum by (Hostname, gpu) (${otherSeries('DCGM_FI_DEV_FB_USED')})`,
        '{{Hostname}} {{gpu}}',
      ]),
    ],
  },
  {
    uid: 'osteostream-ledger',
    title: 'osteostream: ledger',
    panels: [
      number('balanced', 'short', `min(${series('analytics_ledger_balanced')})`),
      number(
        'lost or doubled',
        'short',
        `sum(${series('analytics_ledger_films', { state: '=~lost|doubled' })})`,
      ),
      lines('arrivals by state', 'short', [
        `max by (state) (${series('analytics_ledger_films')})`,
        '{{state}}',
      ]),
      lines('since the last look', 's', [`max(${series('analytics_ledger_look_seconds')})`, 'seconds']),
      lines('on the way', 'short', [
        `max(${series('analytics_ledger_films', { state: 'inFlight' })})`,
        'in flight',
      ]),
      lines('numbers that never came', 'short', [
        `max(${series('analytics_ledger_films', { state: 'missing' })})`,
        'missing',
      ]),
    ],
  },
  {
    uid: 'osteostream-clinics',
    title: 'osteostream: clinics',
    panels: [
      lines('files taken in', 'ops', [
        perSecond(series('producers_received_files_total'), 'pod, via'),
        '{{pod}} {{via}}',
      ]),
      lines('kept back at the gate', 'ops', [
        perSecond(series('producers_received_files_total', { refusal: '!=none' }), 'refusal'),
        '{{refusal}}',
      ]),
      lines('films that wait', 'short', [`max by (pod) (${series('producers_inbox_films')})`, '{{pod}}']),
      lines('longest wait', 's', [`max by (pod) (${series('producers_inbox_oldest_seconds')})`, '{{pod}}']),
      lines('bytes that wait', 'bytes', [`max by (pod) (${series('producers_inbox_bytes')})`, '{{pod}}']),
      lines('associations', 'short', [`sum by (pod) (${series('gateway_associations')})`, '{{pod}}']),
      lines('associations by answer', 'ops', [
        perSecond(series('gateway_associations_total'), 'answer'),
        '{{answer}}',
      ]),
      lines('requests by status', 'ops', [
        perSecond(series('gateway_http_requests_total'), 'status'),
        '{{status}}',
      ]),
    ],
  },
  {
    uid: 'osteostream-monitor',
    title: 'osteostream: monitor and processes',
    panels: [
      lines('processes that answer', 'short', [
        `sum by (role) (${otherSeries('up', { job: 'osteostream' })})`,
        '{{role}}',
      ]),
      lines('memory', 'bytes', [
        `sum by (pod) (${series('runtime_memory_bytes', { part: 'resident' })})`,
        '{{pod}}',
      ]),
      lines('records stored, by kind', 'ops', [
        perSecond(series('consumers_sink_records_total'), 'kind'),
        '{{kind}}',
      ]),
      lines('corrections', 'short', [
        `sum by (kind) (increase(${series('consumers_sink_corrections_total')}[1d]))`,
        '{{kind}}',
      ]),
    ],
  },
]

const datasource = { type: 'prometheus', uid: '${datasource}' }

const panelOf = (panel: Panel, index: number) => ({
  id: index + 1,
  title: panel.title,
  type: panel.kind,
  datasource,
  gridPos: { h: 8, w: 12, x: (index % 2) * 12, y: Math.floor(index / 2) * 8 },
  fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
  options:
    panel.kind === 'stat'
      ? { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
  targets: panel.queries.map(({ expr, legend }, at) => ({
    refId: String.fromCharCode(65 + at),
    datasource,
    expr,
    legendFormat: legend,
  })),
})

/** A dashboard as Grafana takes it. */
export const dashboardFile = ({ uid, title, panels }: Dashboard): string =>
  `${JSON.stringify(
    {
      uid,
      title,
      tags: ['osteostream'],
      schemaVersion: 39,
      version: 1,
      editable: false,
      time: { from: 'now-6h', to: 'now' },
      refresh: '30s',
      templating: {
        list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'source' }],
      },
      panels: panels.map(panelOf),
    },
    null,
    2,
  )}\n`
