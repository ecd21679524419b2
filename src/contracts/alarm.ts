import { z } from 'zod'
import { instantSchema } from './identifiers.ts'

/** What an alarm is about; each has a page under docs/runbook. */
export const alarmKinds = [
  'unknown-schema-version',
  'most-records-fail',
  'offset-out-of-range',
  'ledger-unbalanced',
  'worker-crashes',
  'unverified-records',
  'clinic-clock',
  'sequence-gap',
  'stuck-record',
  'sender-fails',
  'rows-refused',
  'degraded',
  'population-change',
  'model-change',
] as const
export const alarmKindSchema = z.enum(alarmKinds)
export type AlarmKind = z.infer<typeof alarmKindSchema>

/** Something that a person must look at. */
export const alarmSchema = z.object({
  alarmId: z.uuid(),
  kind: alarmKindSchema,
  severity: z.enum(['info', 'warning', 'critical']),
  /** What it concerns: a site, a region, a topic partition. */
  scope: z.string().min(1).max(160),
  title: z.string().min(1).max(200),
  raisedAt: instantSchema,
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** The page that says what to do, relative to the repository. */
  runbook: z.string().regex(/^docs\/runbook\/[a-z-]+\.md$/),
  /** The alarm that late data have taken back. */
  retracts: z.uuid().optional(),
})
export type Alarm = z.infer<typeof alarmSchema>
export const alarmEventType = 'org.osteostream.alarm.v1'

/** The runbook page of a kind of alarm. */
export const runbookOf = (kind: AlarmKind): string => `docs/runbook/${kind}.md`
