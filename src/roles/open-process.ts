import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { readSettings, type Settings, wantsPrettyLogs } from '../runtime/config.ts'
import { createLifecycle, type Lifecycle } from '../runtime/lifecycle.ts'
import { createLogger, type Logger } from '../runtime/logger.ts'
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
}

export type CommonOptions = { readonly dataDir?: string | undefined; readonly quiet?: boolean }

/** Reads the settings and opens logs and telemetry; `quiet` keeps the log to warnings, for commands that print. */
export const openProcess = (service: string, options: CommonOptions): Process => {
  const settings = readSettings({ dataDir: options.dataDir })
  const level = options.quiet === true && settings.logLevel === 'info' ? 'warn' : settings.logLevel
  const logger = createLogger({ level, pretty: wantsPrettyLogs(settings), traceFields: activeTraceFields })
  const telemetry = startTelemetry({
    service: `osteostream-${service}`,
    version: programVersion,
    metricsPort: settings.metricsPort,
    otlpEndpoint: settings.otlpEndpoint,
  })
  const lifecycle = createLifecycle(logger)
  lifecycle.add('telemetry', telemetry.stop)
  return { settings, logger, telemetry, lifecycle }
}
