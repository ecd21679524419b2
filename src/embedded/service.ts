/** A service that this engine runs on this machine, and starts again when it ends unasked. */
export type EmbeddedService = {
  readonly name: 'kafka' | 'clickhouse'
  readonly version: string
  /** `host:port` of the broker, or the URL of ClickHouse; the same after a restart. */
  readonly address: string
  readonly credentials?: { readonly username: string; readonly password: string }
  /** Of the process that runs now: another one after a restart. */
  readonly pid: () => number
  /** Ends it for good; one that does not end by itself is ended by force. */
  readonly stop: () => Promise<void>
}
