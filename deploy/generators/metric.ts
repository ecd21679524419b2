import type { MetricName, metrics } from '../../src/contracts/metric-names.ts'

/** Metrics that others serve, each with who does; rules and dashboards name no metric but these and our own. */
export const otherMetrics = {
  kafka_consumergroup_lag: "Strimzi's Kafka exporter",
  kubelet_volume_stats_available_bytes: 'the kubelet',
  kubelet_volume_stats_capacity_bytes: 'the kubelet',
  certmanager_certificate_expiration_timestamp_seconds: 'cert-manager',
  DCGM_FI_DEV_GPU_UTIL: "NVIDIA's DCGM exporter",
  DCGM_FI_DEV_FB_USED: "NVIDIA's DCGM exporter",
  up: 'Prometheus',
} as const
type OtherMetric = keyof typeof otherMetrics

type LabelOf<Name extends MetricName> = (typeof metrics)[Name]['labels'][number]
/** What every series of ours bears by its scrape. */
type ScrapeLabel = 'role' | 'pod' | 'namespace'

type Labels = Readonly<Record<string, string | undefined>>

const selector = (labels: Labels): string => {
  const parts = Object.entries(labels).flatMap(([label, value]) => {
    if (value === undefined) return []
    // `=~a|b` and the like bring their operator along.
    const operator = /^(?:=~|!~|!=)/.exec(value)?.[0]
    return [`${label}${operator ?? '='}"${operator === undefined ? value : value.slice(operator.length)}"`]
  })
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

/** A series of ours in a query: a name or a label that is not measured does not compile. */
export const series = <Name extends MetricName>(
  name: Name,
  labels?: { readonly [Label in LabelOf<Name> | ScrapeLabel]?: string },
): string => `${name}${selector({ job: 'osteostream', ...labels })}`

/** A series that somebody else serves. */
export const otherSeries = (name: OtherMetric, labels: Labels = {}): string => `${name}${selector(labels)}`
