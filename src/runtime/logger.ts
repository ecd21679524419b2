import pino from 'pino'

/** The one kind of log line: lower-case message, data in fields, never an identifier or a pixel. */
export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'> & {
  /** A logger whose lines all carry these fields. */
  child(fields: Record<string, unknown>): Logger
}

export type LoggerOptions = {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Readable lines for a terminal instead of JSON. */
  readonly pretty: boolean
  /** Fields of the active trace, so that logs and traces can be joined. */
  readonly traceFields?: () => Record<string, string>
}

/** Creates the logger of a process; lines go to standard error, so that standard output stays data. */
export const createLogger = (options: LoggerOptions): Logger => {
  const mixin = options.traceFields === undefined ? {} : { mixin: options.traceFields }
  const settings = { level: options.level, base: null, ...mixin }
  if (!options.pretty) return pino(settings, pino.destination({ dest: 2, sync: true }))
  const transport = {
    target: 'pino-pretty',
    options: { destination: 2, colorize: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' },
  }
  return pino({ ...settings, transport })
}

/** A logger that says nothing, for tests and for commands whose output is data. */
export const silentLogger: Logger = pino({ level: 'silent' })
