/** The receiving side of the gateway for `gateway.ts`: DICOM into the sealed inbox of a folder, films taken out as they come. */

import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FilmInbox } from '../src/contracts/film-inbox.ts'
import { clinicEntrySchema } from '../src/gateway/clinics/clinic-registry.ts'
import { startDimseServer } from '../src/gateway/dimse/start-dimse-server.ts'
import { openSealedInbox } from '../src/producers/inbox/film-inbox.ts'
import { silentLogger } from '../src/runtime/logger.ts'
import { startTelemetry } from '../src/runtime/telemetry.ts'

const folder = process.argv[2] ?? ''
const safeMs: number[] = []
const residentMb: number[] = []
const delay = monitorEventLoopDelay()
delay.enable()

const inbox = await openSealedInbox({
  folder: join(folder, 'inbox'),
  key: Buffer.alloc(32, 7),
  quotaBytes: 1e12,
  logger: silentLogger,
  now: () => new Date(),
  onKept: (handle) => void Promise.resolve().then(() => inbox.remove(handle)),
})

/** How long a film takes from its last byte until it is safe: the sender waits for that alone. */
const timed: FilmInbox = {
  open: async (delivery) => {
    const film = await inbox.open(delivery)
    if (typeof film === 'string') return film
    return {
      ...film,
      keep: async () => {
        const from = performance.now()
        const answer = await film.keep()
        safeMs.push(performance.now() - from)
        return answer
      },
    }
  },
}

const server = await startDimseServer({
  address: { host: '127.0.0.1', port: 0, portSetting: 'OSTEOSTREAM_GATEWAY_DICOM_PORT' },
  aeTitle: 'OSTEO',
  inbox: timed,
  clinics: async () => [clinicEntrySchema.parse({ clinic: 'bench', aeTitles: ['BENCH'] })],
  mostAssociations: 20,
  idleMs: 60_000,
  logger: silentLogger,
  telemetry: startTelemetry({ service: 'bench', version: '0' }),
})
setInterval(() => residentMb.push(process.memoryUsage().rss / 1024 ** 2), 50).unref()
process.on('message', () => {
  const sorted = safeMs.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
  const half = Math.floor(residentMb.length / 2)
  process.send?.({
    films: safeMs.length,
    safeMs: { median: at(0.5), p99: at(0.99) },
    residentMb: {
      most: Math.round(Math.max(...residentMb)),
      mostOfFirstHalf: Math.round(Math.max(...residentMb.slice(0, half))),
      mostOfSecondHalf: Math.round(Math.max(...residentMb.slice(half))),
    },
    longestHoldMs: Math.round(delay.max / 1e6),
  })
})
process.send?.({ port: server.port })
