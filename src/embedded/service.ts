/** A service that this engine has started on this machine. */
export type EmbeddedService = {
  readonly name: 'kafka' | 'clickhouse'
  readonly version: string
  /** `host:port` of the broker, or the URL of ClickHouse. */
  readonly address: string
  readonly pid: () => number
  readonly credentials?: { readonly username: string; readonly password: string }
  readonly stop: () => Promise<void>
  /** For tests of what happens then. */
  readonly kill: (signal: NodeJS.Signals) => Promise<void>
  /** Starts it again on the same port after it ended. */
  readonly restart: () => Promise<void>
}
