import { type Attributes, context, type Meter, propagation, SpanStatusCode, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node'
import { messageOf, SetupError, systemCodeOf } from './errors.ts'

/** Traces and metrics of one process; labels come from closed lists, never from data. */
export type Telemetry = {
  /** Runs `work` in a span; `traceparent` continues a trace that came with a record. */
  readonly span: <Result>(name: string, options: SpanOptions, work: () => Promise<Result>) => Promise<Result>
  /** The W3C header of the active span, to be sent along. */
  readonly traceparent: () => string | undefined
  readonly meter: Meter
  readonly stop: () => Promise<void>
}

export type SpanOptions = { readonly traceparent?: string | undefined; readonly attributes?: Attributes }

export type TelemetryOptions = {
  readonly service: string
  readonly version: string
  readonly metricsPort?: number | undefined
  readonly otlpEndpoint?: string | undefined
  /** More receivers of finished spans, for tests. */
  readonly spanProcessors?: readonly SpanProcessor[]
}

const propagator = new W3CTraceContextPropagator()

const parentContext = (traceparent: string | undefined) =>
  traceparent === undefined
    ? context.active()
    : propagator.extract(
        context.active(),
        { traceparent },
        {
          get: (carrier: Record<string, string>, key) => carrier[key],
          keys: (carrier: Record<string, string>) => Object.keys(carrier),
        },
      )

const currentTraceparent = (): string | undefined => {
  const carrier: Record<string, string> = {}
  propagator.inject(context.active(), carrier, {
    set: (target: Record<string, string>, key, value) => {
      target[key] = value
    },
  })
  return carrier['traceparent']
}

const createEndpoint = (port: number | undefined): PrometheusExporter | undefined =>
  port === undefined ? undefined : new PrometheusExporter({ port, preventServerStart: true })

/** The exporter itself tells nobody when its port cannot be had. */
const openEndpoint = async (endpoint: PrometheusExporter, port: number | undefined): Promise<void> => {
  try {
    await endpoint.startServer()
  } catch (error) {
    const isTaken = systemCodeOf(error) === 'EADDRINUSE'
    throw new SetupError(
      isTaken ? 'PORT_IN_USE' : 'SETTING_INVALID',
      `no metrics on port ${port} (OSTEOSTREAM_METRICS_PORT): ${isTaken ? 'it is in use' : messageOf(error)}`,
      'set OSTEOSTREAM_METRICS_PORT to another port, each process of a machine to its own, or unset it',
      { cause: error },
    )
  }
}

const metricReaders = (
  options: TelemetryOptions,
  endpoint: PrometheusExporter | undefined,
): MetricReader[] => [
  ...(endpoint === undefined ? [] : [endpoint]),
  ...(options.otlpEndpoint === undefined
    ? []
    : [
        new PeriodicExportingMetricReader({
          exporter: new OTLPMetricExporter({ url: `${options.otlpEndpoint}/v1/metrics` }),
        }),
      ]),
]

/** Fields of the active span for log lines. */
export const activeTraceFields = (): Record<string, string> => {
  const span = trace.getActiveSpan()?.spanContext()
  return span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId }
}

/**
 * Starts traces and metrics; `serveMetrics` opens the metrics port, where one was given, and throws SetupError
 * PORT_IN_USE. Without an endpoint spans still link log lines and records.
 */
export const startTelemetry = (
  options: TelemetryOptions,
): Telemetry & { readonly serveMetrics: () => Promise<void> } => {
  const resource = resourceFromAttributes({
    'service.name': options.service,
    'service.version': options.version,
  })
  const exported =
    options.otlpEndpoint === undefined
      ? []
      : [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${options.otlpEndpoint}/v1/traces` }))]
  const tracing = new NodeTracerProvider({
    resource,
    spanProcessors: [...exported, ...(options.spanProcessors ?? [])],
  })
  tracing.register({ propagator })
  const endpoint = createEndpoint(options.metricsPort)
  const metrics = new MeterProvider({ resource, readers: metricReaders(options, endpoint) })
  const tracer = tracing.getTracer(options.service, options.version)
  return {
    serveMetrics: async () => {
      if (endpoint !== undefined) await openEndpoint(endpoint, options.metricsPort)
    },
    meter: metrics.getMeter(options.service, options.version),
    traceparent: currentTraceparent,
    span: (name, { traceparent, attributes = {} }, work) =>
      tracer.startActiveSpan(name, { attributes }, parentContext(traceparent), async (span) => {
        try {
          return await work()
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) })
          throw error
        } finally {
          span.end()
        }
      }),
    stop: async () => {
      await Promise.all([tracing.shutdown(), metrics.shutdown()])
      trace.disable()
      propagation.disable()
      context.disable()
    },
  }
}
