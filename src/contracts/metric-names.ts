/** What a metric is: what it counts or shows, and the labels that it bears, each from a closed list. */
export type MetricDeclaration = {
  readonly kind: 'counter' | 'gauge'
  readonly labels: readonly string[]
  readonly what: string
}

/** Every metric that a process serves, so that rules, dashboards and pages name only what is there. */
export const metrics = {
  analytics_ledger_balanced: {
    kind: 'gauge',
    labels: [],
    what: '1 while the study ledger balances at the last look, else 0',
  },
  analytics_ledger_films: {
    kind: 'gauge',
    labels: ['state'],
    what: 'arrivals at the last look: received, finding, rejected, deadLettered, inFlight, lost, doubled, missing',
  },
  analytics_ledger_look_seconds: {
    kind: 'gauge',
    labels: [],
    what: 'seconds since the ledger was last read; it grows while it cannot be',
  },
  analytics_replay_differences_total: {
    kind: 'counter',
    labels: ['table'],
    what: 'rows in which a replay differed from the live tables',
  },
  consumers_film_bytes_in_flight_bytes: {
    kind: 'gauge',
    labels: ['lane'],
    what: 'bytes of films that are in work',
  },
  consumers_oldest_record_seconds: {
    kind: 'gauge',
    labels: ['lane'],
    what: 'how long the oldest film has been in work',
  },
  consumers_rescreened_readings_total: {
    kind: 'counter',
    labels: ['result'],
    what: 'readings that a rescreen has compared',
  },
  consumers_screened_films_total: {
    kind: 'counter',
    labels: ['lane', 'outcome', 'reason', 'code'],
    what: 'verdicts that Kafka has acknowledged',
  },
  consumers_sink_corrections_total: {
    kind: 'counter',
    labels: ['kind'],
    what: 'corrections that the sink has carried out',
  },
  consumers_sink_records_total: {
    kind: 'counter',
    labels: ['kind'],
    what: 'records whose rows ClickHouse has acknowledged',
  },
  consumers_stuck_records: { kind: 'gauge', labels: ['lane'], what: 'films in work for too long' },
  gateway_associations: { kind: 'gauge', labels: [], what: 'DICOM associations that are open' },
  gateway_associations_total: {
    kind: 'counter',
    labels: ['answer'],
    what: 'DICOM associations that were asked for',
  },
  gateway_dicom_objects_total: { kind: 'counter', labels: ['status'], what: 'objects by C-STORE' },
  gateway_http_requests_total: {
    kind: 'counter',
    labels: ['status'],
    what: 'requests of DICOMweb and upload',
  },
  inference_degraded: {
    kind: 'gauge',
    labels: ['what'],
    what: '1 while a process goes on with less than it should have',
  },
  inference_workers_replaced_total: {
    kind: 'counter',
    labels: ['kind'],
    what: 'worker threads that died or hung and were replaced',
  },
  inference_workers_up: { kind: 'gauge', labels: [], what: 'worker threads that can read films' },
  producers_inbox_bytes: { kind: 'gauge', labels: [], what: 'bytes of films that wait at the clinic' },
  producers_inbox_films: { kind: 'gauge', labels: [], what: 'films that wait at the clinic' },
  producers_inbox_oldest_seconds: {
    kind: 'gauge',
    labels: [],
    what: 'how long the oldest film has waited at the clinic',
  },
  producers_published_film_bytes_total: {
    kind: 'counter',
    labels: [],
    what: 'bytes of films that Kafka and the film store have acknowledged',
  },
  producers_published_films_total: {
    kind: 'counter',
    labels: ['gate'],
    what: 'arrivals whose record and receipt Kafka has acknowledged',
  },
  producers_received_files_total: {
    kind: 'counter',
    labels: ['via', 'refusal'],
    what: 'files that were taken in',
  },
  runtime_memory_bytes: { kind: 'gauge', labels: ['part'], what: 'memory of a process, by part' },
} as const satisfies Record<string, MetricDeclaration>

export type MetricName = keyof typeof metrics
