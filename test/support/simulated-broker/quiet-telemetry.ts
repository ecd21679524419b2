import { createNoopMeter } from '@opentelemetry/api'
import type { Telemetry } from '../../../src/runtime/telemetry.ts'

/** Telemetry that measures nothing: thousands of engines of one process would pile up gauges. */
export const quietTelemetry: Telemetry = {
  span: (_name, _options, work) => work(),
  traceparent: () => undefined,
  meter: createNoopMeter(),
  stop: async () => {},
}
