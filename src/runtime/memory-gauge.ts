import type { Telemetry } from './telemetry.ts'

/**
 * Measures where the memory of a process is: all that is resident, the heap of the main thread, what it holds outside
 * (`external`: buffers, and the memories of WebAssembly), and the heaps of worker threads where there are any. What the parts
 * leave of `resident` is native: ONNX Runtime's arenas, image libraries, stacks, code.
 */
export const measureMemory = (
  telemetry: Pick<Telemetry, 'meter'>,
  workerHeapBytes?: () => Promise<number>,
): void => {
  const gauge = telemetry.meter.createObservableGauge('runtime_memory_bytes')
  if (workerHeapBytes !== undefined) {
    gauge.addCallback(async (result) => result.observe(await workerHeapBytes(), { part: 'worker_heaps' }))
    return
  }
  gauge.addCallback((result) => {
    const { rss, heapTotal, external } = process.memoryUsage()
    result.observe(rss, { part: 'resident' })
    result.observe(heapTotal, { part: 'heap' })
    result.observe(external, { part: 'external' })
  })
}
