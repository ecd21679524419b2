import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { readSettings, type Settings, wantsPrettyLogs } from '../runtime/config.ts'
import { createHealth, type Health } from '../runtime/health.ts'
import { createLifecycle, type Lifecycle } from '../runtime/lifecycle.ts'
import { createLogger, type Logger } from '../runtime/logger.ts'
import { measureMemory } from '../runtime/memory-gauge.ts'
import { serveHealth } from '../runtime/serve-health.ts'
import { activeTraceFields, startTelemetry, type Telemetry } from '../runtime/telemetry.ts'

/** The version of this program. */
export const programVersion: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version

/** What every command needs. */
export type Process = {
  readonly settings: Settings
  readonly logger: Logger
  readonly telemetry: Telemetry
  readonly lifecycle: Lifecycle
  readonly health: Health
}

export type CommonOptions = {
  readonly dataDir?: string | undefined
  /** Keeps the log to warnings, for commands that print. */
  readonly quiet?: boolean
}

const open = (service: string, options: CommonOptions) => {
  const settings = readSettings({ dataDir: options.dataDir })
  const level = options.quiet === true && settings.logLevel === 'info' ? 'warn' : settings.logLevel
  const logger = createLogger({ level, pretty: wantsPrettyLogs(settings), traceFields: activeTraceFields })
  const telemetry = startTelemetry({
    service: `osteostream-${service}`,
    version: programVersion,
    servesMetrics: settings.metricsPort !== undefined,
    otlpEndpoint: settings.otlpEndpoint,
  })
  const lifecycle = createLifecycle(logger)
  lifecycle.add('telemetry', telemetry.stop)
  return { settings, logger, telemetry, lifecycle, health: createHealth() }
}

/** Reads the settings and opens logs and telemetry, for a command that ends by itself. */
export const openProcess = (service: string, options: CommonOptions): Process => open(service, options)

/**
 * As `openProcess`, with its health and metrics served: for a process that lasts. A command beside one must not ask for the
 * same port. Throws SetupError PORT_IN_USE.
 */
export const openLastingProcess = async (service: string, options: CommonOptions): Promise<Process> => {
  const process = open(service, options)
  measureMemory(process.telemetry)
  const { metricsHost: host, metricsPort: port } = process.settings
  if (port === undefined) return process
  const { telemetry, health } = process
  const served = await serveHealth({ host, port, health, metrics: telemetry.metricsPage })
  process.lifecycle.add('health endpoints', served.stop)
  return process
}
