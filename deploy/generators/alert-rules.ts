import { stringify } from 'yaml'
import type { DeadLetterCode } from '../../src/contracts/reasons.ts'
import { consumerGroups } from '../../src/contracts/topics.ts'
import { otherSeries, series } from './metric.ts'

/** An alert: what it looks at, how long it must hold, and the page that says what to do. */
export type AlertRule = {
  readonly alert: string
  readonly expr: string
  readonly for: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly summary: string
  /** A page of docs/runbook, without its ending. */
  readonly runbook: string
}

const day = 24 * 60 * 60

/** Dead letters by which this deployment fails a film that was sent well. */
const ourFaults: readonly DeadLetterCode[] = [
  'PAYLOAD_EXPIRED',
  'RECORD_EXPIRED',
  'DECODE_TIMEOUT',
  'DECODE_CRASHED',
  'MODEL_OUTPUT_NOT_FINITE',
  'INFERENCE_TIMEOUT',
  'INFERENCE_CRASHED',
  'ENGINE_FAULT',
]

/** Share of films that may end by a fault of ours: one of a thousand, over thirty days. */
export const faultBudget = 0.001

const screened = 'consumers_screened_films_total'
const rate = (of: string, over: string): string => `sum(rate(${of}[${over}]))`
const failedShare = (over: string): string =>
  `${rate(series(screened, { code: `=~${ourFaults.join('|')}` }), over)} / ${rate(series(screened), over)}`

/** Both windows burn: the long one says that it matters, the short one that it still goes on. */
const burns = (times: number, long: string, short: string): string =>
  [long, short].map((over) => `(${failedShare(over)}) > ${times} * ${faultBudget}`).join(' and ')

const volume = (part: 'available' | 'capacity'): string =>
  otherSeries(`kubelet_volume_stats_${part}_bytes`, { namespace: 'osteostream' })

/** Every alert. */
export const alertRules: readonly AlertRule[] = [
  {
    alert: 'LedgerUnbalanced',
    expr: `${series('analytics_ledger_balanced')} == 0`,
    for: '3m',
    severity: 'critical',
    summary: 'the study ledger does not balance',
    runbook: 'ledger-unbalanced',
  },
  {
    alert: 'LedgerNotRead',
    expr: `${series('analytics_ledger_look_seconds')} > 600 or absent(${series('analytics_ledger_look_seconds')})`,
    for: '5m',
    severity: 'warning',
    summary: 'nobody has looked at the ledger for ten minutes',
    runbook: 'services',
  },
  {
    alert: 'NumbersMissing',
    expr: `${series('analytics_ledger_films', { state: 'missing' })} > 0`,
    for: '15m',
    severity: 'critical',
    summary: 'films that a clinic has acknowledged never came',
    runbook: 'sequence-gap',
  },
  {
    alert: 'OldestFilm',
    expr: `max by (lane) (${series('consumers_oldest_record_seconds', { lane: 'live' })}) > 300`,
    for: '5m',
    severity: 'warning',
    summary: 'the oldest film has been in work for more than five minutes',
    runbook: 'stuck-record',
  },
  {
    alert: 'StuckRecord',
    expr: `sum by (lane) (${series('consumers_stuck_records')}) > 0`,
    for: '2m',
    severity: 'critical',
    summary: 'a film cannot be finished, and holds up the commits of its partition',
    runbook: 'stuck-record',
  },
  {
    alert: 'DeadLetters',
    expr: `${rate(series(screened, { outcome: 'deadLettered' }), '30m')} / ${rate(series(screened), '30m')} > 0.05`,
    for: '15m',
    severity: 'warning',
    summary: 'more than one film of twenty ends as a dead letter',
    runbook: 'dead-letters',
  },
  {
    alert: 'FilmsFailFast',
    expr: burns(14.4, '1h', '5m'),
    for: '2m',
    severity: 'critical',
    summary: 'films fail by a fault of ours: the budget of thirty days is gone in two',
    runbook: 'dead-letters',
  },
  {
    alert: 'FilmsFailSlowly',
    expr: burns(6, '6h', '30m'),
    for: '15m',
    severity: 'warning',
    summary: 'films fail by a fault of ours: the budget of thirty days is gone in five',
    runbook: 'dead-letters',
  },
  {
    alert: 'SilentClinic',
    expr: `sum by (pod) (increase(${series('producers_received_files_total')}[1d])) == 0 and sum by (pod) (increase(${series('producers_received_files_total')}[7d])) > 0`,
    for: '2h',
    severity: 'info',
    summary: 'a gateway that took films this week has taken none for a day',
    runbook: 'silent-clinic',
  },
  {
    alert: 'SpoolAge',
    expr: `max by (pod) (${series('producers_inbox_oldest_seconds')}) > 3600`,
    for: '5m',
    severity: 'warning',
    summary: 'films wait at a clinic for more than an hour',
    runbook: 'spool',
  },
  {
    alert: 'ProviderFallback',
    expr: `max by (pod) (${series('inference_degraded', { what: 'provider-fallback' })}) == 1`,
    for: '1m',
    severity: 'warning',
    summary: 'models were asked to run on a GPU and run on the CPU',
    runbook: 'degraded',
  },
  {
    alert: 'WorkerMissing',
    expr: `max by (pod) (${series('inference_degraded', { what: '=~worker-missing|no-worker' })}) == 1`,
    for: '2m',
    severity: 'warning',
    summary: 'a screening process has fewer workers than it should have',
    runbook: 'degraded',
  },
  {
    alert: 'ConsumerLag',
    expr: `sum by (consumergroup) (${otherSeries('kafka_consumergroup_lag', { consumergroup: `=~${consumerGroups.screening}|${consumerGroups.sink}` })}) > 2000`,
    for: '30m',
    severity: 'warning',
    summary: 'a group has been far behind for half an hour',
    runbook: 'consumer-lag',
  },
  {
    alert: 'DiskFillsUp',
    expr: `${volume('available')} / ${volume('capacity')} < 0.15`,
    for: '10m',
    severity: 'warning',
    summary: 'a volume has less than 15 % left',
    runbook: 'disk-full',
  },
  {
    alert: 'CertificateExpires',
    expr: `${otherSeries('certmanager_certificate_expiration_timestamp_seconds', { namespace: 'osteostream' })} - time() < ${14 * day}`,
    for: '1h',
    severity: 'warning',
    summary: 'a certificate ends within two weeks',
    runbook: 'certificates',
  },
  {
    alert: 'ProcessDown',
    expr: `${otherSeries('up', { job: 'osteostream' })} == 0`,
    for: '5m',
    severity: 'warning',
    summary: 'a process does not answer Prometheus',
    runbook: 'health',
  },
]

const groups = () => [
  {
    name: 'osteostream',
    rules: alertRules.map(({ alert, expr, for: held, severity, summary, runbook }) => ({
      alert,
      expr,
      for: held,
      labels: { severity },
      annotations: { summary, runbook: `docs/runbook/${runbook}.md` },
    })),
  },
]

const head =
  '# Generated from deploy/generators/alert-rules.ts: run `npm run deploy`, and never edit it here.\n'

/** The rules as Prometheus and promtool read them. */
export const rulesFile = (): string => head + stringify({ groups: groups() }, { lineWidth: 0 })

/** The same rules as Prometheus' operator reads them. */
export const prometheusRuleFile = (): string =>
  head +
  stringify(
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'osteostream' },
      spec: { groups: groups() },
    },
    { lineWidth: 0 },
  )
