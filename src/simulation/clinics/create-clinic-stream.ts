import type { Logger } from '../../runtime/logger.ts'
import { startWorkerPool, type WorkerPool } from '../../runtime/worker-pool.ts'
import { type DeliveryKind, deliveryKinds } from './delivery-kinds.ts'
import { describeClinics, type SiteDraft, siteDraftOf } from './describe-clinics.ts'
import type { MadeFile, MakeFileOptions } from './make-file.ts'
import { type PlannedDelivery, planDeliveries } from './plan-deliveries.ts'

/** One file as a simulated clinic sends it. */
export type ClinicDelivery = {
  /** Number of the delivery in its stream, from 0. */
  readonly index: number
  readonly siteId: string
  readonly kind: DeliveryKind
  readonly bytes: Uint8Array
  readonly contentType: string
  /** The simulated instant at which it is sent. */
  readonly sentAt: Date
}

/** What will be sent, known before the first film is drawn. */
export type ExpectedDeliveries = {
  readonly arrivals: number
  readonly byKind: Readonly<Record<DeliveryKind, number>>
  readonly bySite: Readonly<Record<string, number>>
}

/** The deliveries of all clinics in the order of their instants; one reader at a time. */
export type ClinicStream = AsyncIterable<ClinicDelivery> & {
  readonly sites: readonly SiteDraft[]
  readonly expected: ExpectedDeliveries
}

export type ClinicStreamOptions = {
  readonly clinics: number
  readonly regions: number
  /** How many files the clinics send in all. */
  readonly studies: number
  readonly seed: number
  /** The last instant of the simulated period; the same one gives the same bytes. */
  readonly until: Date
  /** Length of the simulated period. */
  readonly days?: number
  /** Leaves out this many deliveries at the beginning: those of an earlier run. */
  readonly skip?: number
  /** Longer edge of a film in pixels. */
  readonly filmSize?: number
  /** Threads that draw films. */
  readonly workers?: number
  readonly logger: Logger
}

type ClinicPool = WorkerPool<PlannedDelivery, MadeFile>

const count = (planned: readonly PlannedDelivery[]): ExpectedDeliveries => {
  const byKind = Object.fromEntries(deliveryKinds.map((kind) => [kind, 0])) as Record<DeliveryKind, number>
  const bySite: Record<string, number> = {}
  for (const { kind, siteId } of planned) {
    byKind[kind] += 1
    bySite[siteId] = (bySite[siteId] ?? 0) + 1
  }
  return { arrivals: planned.length, byKind, bySite }
}

const startPool = (options: ClinicStreamOptions, data: MakeFileOptions): Promise<ClinicPool> =>
  startWorkerPool({
    name: 'simulated-clinics',
    file: new URL('./clinic-worker.ts', import.meta.url),
    size: options.workers ?? 1,
    workerData: data,
    taskTimeoutMs: 60_000,
    maxHeapMb: 512,
    logger: options.logger,
  })

/** Draws a few files ahead, so that the reader waits for the slowest worker only when all are busy. */
async function* drawAhead(pool: ClinicPool, planned: readonly PlannedDelivery[]) {
  const ahead: Promise<ClinicDelivery>[] = []
  const draw = async (delivery: PlannedDelivery): Promise<ClinicDelivery> => {
    const answer = await pool.run(delivery)
    if (!answer.ok) throw new Error(`delivery ${delivery.index} could not be drawn: ${answer.failure.detail}`)
    const { index, siteId, kind, sentAt } = delivery
    return { index, siteId, kind, sentAt: new Date(sentAt), ...answer.value }
  }
  for (const delivery of planned) {
    const drawn = draw(delivery)
    // Looked at when its turn comes; until then its failure has no other owner.
    drawn.catch(() => {})
    ahead.push(drawn)
    const first = ahead.length > 3 * pool.size ? ahead.shift() : undefined
    if (first !== undefined) yield await first
  }
  for (const drawn of ahead) yield await drawn
}

/**
 * Plans the deliveries of simulated clinics, and draws them in worker threads as they are read: the same
 * files in the same order for the same options.
 */
export const createClinicStream = (options: ClinicStreamOptions): ClinicStream => {
  const { studies, seed, until, days = 180, skip = 0, filmSize = 640 } = options
  const clinics = describeClinics(options)
  const planned = planDeliveries({ clinics, studies, seed, until, days }).slice(skip)
  return {
    sites: clinics.map(siteDraftOf),
    expected: count(planned),
    async *[Symbol.asyncIterator]() {
      const pool = await startPool(options, {
        clinics,
        seed,
        filmSize,
        referenceYear: until.getUTCFullYear(),
      })
      try {
        yield* drawAhead(pool, planned)
      } finally {
        await pool.stop()
      }
    },
  }
}
