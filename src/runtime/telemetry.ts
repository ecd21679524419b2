import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Attributes, context, type Meter, propagation, SpanStatusCode, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node'
import { messageOf } from './errors.ts'

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
  /** Whether somebody asks for the page of metrics. */
  readonly servesMetrics?: boolean
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

const createEndpoint = (isServed: boolean | undefined): PrometheusExporter | undefined =>
  isServed === true ? new PrometheusExporter({ preventServerStart: true }) : undefined

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
 * Starts traces and metrics; `metricsPage` answers with the metrics in Prometheus' format. Without an endpoint spans still
 * link log lines and records.
 */
export const startTelemetry = (
  options: TelemetryOptions,
): Telemetry & { readonly metricsPage: (request: IncomingMessage, response: ServerResponse) => void } => {
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
  const endpoint = createEndpoint(options.servesMetrics)
  const metrics = new MeterProvider({ resource, readers: metricReaders(options, endpoint) })
  const tracer = tracing.getTracer(options.service, options.version)
  return {
    metricsPage: (request, response) => {
      if (endpoint !== undefined) return endpoint.getMetricsRequestHandler(request, response)
      response.writeHead(404)
      response.end()
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
