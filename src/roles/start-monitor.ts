import { setTimeout as delay } from 'node:timers/promises'
import { openCircumstanceReader } from '../analytics/monitor/read-circumstances.ts'
import { openMonitorReader } from '../analytics/monitor/read-counts.ts'
import { type Report, reportKeyOf } from '../contracts/report.ts'
import {
  consumerGroups,
  correctionsTopic,
  reportsTopic,
  sitesTopic,
  verdictsTopic,
} from '../contracts/topics.ts'
import { type CurrentReports, createCurrentReports } from '../monitor/current-reports.ts'
import { type PassSummary, runPass } from '../monitor/run-pass.ts'
import { isRetryable, messageOf } from '../runtime/errors.ts'
import { decodeJsonEvent, encodeJsonEvent } from '../runtime/json-event.ts'
import { followTopic } from '../runtime/kafka/follow-topic.ts'
import type { KafkaAdmin, RecordPublisher } from '../runtime/kafka/types.ts'
import { type Lifecycle, type Running, startParts } from '../runtime/lifecycle.ts'
import type { Connections } from './open-engine.ts'
import { readCards } from './read-cards.ts'
import { alarmRaiserOn, type RoleDeps } from './start-screening.ts'

/** Topics whose records the figures follow from. */
const cutTopics = [verdictsTopic, correctionsTopic, sitesTopic] as const

/** Until where the sink has stored them: all that lies below is in the tables, and some of what came after may be. */
const measureCut = async (admin: Pick<KafkaAdmin, 'committed'>): Promise<Report['cut']['topics']> =>
  Promise.all(
    cutTopics.map(async ({ name, partitions }) => {
      const stored = await admin.committed(consumerGroups.sink, name)
      const offsets = Array.from({ length: partitions }, (_, partition) =>
        (stored.get(partition) ?? 0n).toString(),
      )
      return { topic: name, offsets }
    }),
  )

const recordOf = (report: Report) => {
  const key = reportKeyOf(report)
  const metadata = { id: report.reportId, subject: key, source: '/monitor', time: report.madeAt }
  return encodeJsonEvent(reportsTopic, key, metadata, report)
}

/** Follows what all monitors have said. */
const followReports = async (
  { kafka, onCrash }: RoleDeps,
  admin: KafkaAdmin,
  reports: CurrentReports,
  lifecycle: Lifecycle,
): Promise<() => Promise<void>> => {
  const followed = await followTopic({
    topic: reportsTopic.name,
    apply: (record) => {
      const decoded = decodeJsonEvent(reportsTopic, record)
      if (decoded.kind === 'ok') reports.note(decoded.data)
    },
    consume: kafka.consume,
    admin,
    onCrash,
  })
  lifecycle.add('reports', followed.stop)
  return followed.catchUp
}

/** Of all monitors the one leads that the group gives its single partition to. */
const joinLeaders = async (deps: RoleDeps, lifecycle: Lifecycle, drain: () => Promise<unknown>) => {
  let leads = false
  const consumer = await deps.kafka.consume({
    groupId: consumerGroups.monitor,
    topics: [reportsTopic.name],
    headers: [],
    fetchBytes: 1024 * 1024,
    sessionTimeoutMs: deps.settings.sessionTimeoutMs,
    handler: {
      assigned: ({ partitions }) => {
        leads = (partitions.get(reportsTopic.name) ?? []).length > 0
      },
      accept: () => true,
      drain: async () => {
        leads = false
        await drain()
      },
    },
    onCrash: deps.onCrash,
  })
  lifecycle.add('monitor group', consumer.stop)
  return () => leads
}

export type RunningMonitor = Running & {
  /** Makes a pass as soon as this monitor leads; undefined where it does not come to lead in time. */
  readonly passNow: (patienceMs: number) => Promise<PassSummary | undefined>
}

const pollMs = 100

/** Makes a pass every so often while this process leads; one that fails because a service is away is made again. */
const startPasses = (deps: RoleDeps, pass: () => Promise<PassSummary>, leads: () => boolean) => {
  let running: Promise<unknown> = Promise.resolve()
  let waiting = 0
  const next = (): Promise<PassSummary> => {
    waiting += 1
    const made = running.then(pass).finally(() => {
      waiting -= 1
    })
    running = made.catch(() => {})
    return made
  }
  const timer = setInterval(() => {
    if (!leads() || waiting > 0) return
    next().then(
      (summary) => deps.logger.info(summary, 'monitor pass'),
      (error: unknown) => {
        if (!isRetryable(error))
          return deps.onCrash(error instanceof Error ? error : new Error(messageOf(error)))
        deps.logger.warn(
          { error: messageOf(error), runbook: 'docs/runbook/services.md' },
          'monitor pass failed',
        )
      },
    )
  }, deps.settings.monitorPassS * 1000)
  return {
    next,
    settled: () => running,
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}

/**
 * Starts a monitor: it counts what films add, makes the figures of each window that changed, and publishes those that say
 * something new. Several may run; one leads, and two that both believe to lead say the same.
 */
export const startMonitor = (
  deps: RoleDeps,
  { admin, clickhouse }: Pick<Connections, 'admin' | 'clickhouse'>,
): Promise<RunningMonitor> =>
  startParts(deps.logger, async (lifecycle) => {
    const cards = await readCards(deps.settings, deps.logger)
    const publisher: RecordPublisher & Running = await deps.kafka.connectPublisher()
    lifecycle.add('report publisher', publisher.stop)
    const reports = createCurrentReports()
    const heard = new Set<string>()
    const alarms = alarmRaiserOn(publisher)
    const catchUp = await followReports(deps, admin, reports, lifecycle)
    let settled: () => Promise<unknown> = async () => {}
    const leads = await joinLeaders(deps, lifecycle, () => settled())
    const pass = async (): Promise<PassSummary> => {
      await catchUp()
      return runPass({
        reader: openMonitorReader(clickhouse),
        circumstances: openCircumstanceReader(clickhouse),
        reports,
        heard,
        cards,
        engineKey: deps.engineKey,
        measureCut: () => measureCut(admin),
        raise: async (made) => {
          for (const alarm of made) await alarms.raise(alarm)
        },
        publish: (made) => publisher.publishMany(reportsTopic, made.map(recordOf)),
        now: () => new Date(),
        isLeading: leads,
      })
    }
    const passes = startPasses(deps, pass, leads)
    settled = passes.settled
    lifecycle.add('monitor passes', passes.stop)
    return {
      passNow: async (patienceMs) => {
        for (let waited = 0; !leads(); waited += pollMs) {
          if (waited >= patienceMs) return undefined
          await delay(pollMs)
        }
        return passes.next()
      },
    }
  })
