import { z } from 'zod'
import {
  arrivalIdSchema,
  attemptSchema,
  auditSchema,
  offsetSchema,
  partitionSchema,
  sequenceSchema,
  siteIdSchema,
  spoolIdSchema,
} from './identifiers.ts'

const common = { commandId: z.uuid(), ...auditSchema.shape }

/** What was found to be behind an alarm, when it is closed. */
export const alarmCauses = [
  'patients',
  'imaging',
  'pipeline',
  'model',
  'operation',
  'chance',
  'not-found',
] as const

/** What a person told the engine to do; the audit trail. */
export const commandSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('requeue'),
    ...common,
    siteId: siteIdSchema,
    arrivalId: arrivalIdSchema,
    attempt: attemptSchema.min(2),
  }),
  z.object({ kind: z.literal('acknowledge'), ...common, alarmId: z.uuid() }),
  z.object({ kind: z.literal('assign'), ...common, alarmId: z.uuid(), to: z.string().min(1).max(120) }),
  z.object({ kind: z.literal('note'), ...common, alarmId: z.uuid() }),
  z.object({ kind: z.literal('close'), ...common, alarmId: z.uuid(), cause: z.enum(alarmCauses) }),
  z.object({ kind: z.literal('activate'), ...common, activationId: z.uuid() }),
  z.object({
    kind: z.literal('acceptGap'),
    ...common,
    topic: z.string(),
    partition: partitionSchema,
    groupId: z.string(),
    /** The first record that is gone, and the first that is not. */
    from: offsetSchema,
    to: offsetSchema,
  }),
  z.object({
    kind: z.literal('acceptSequenceGap'),
    ...common,
    siteId: siteIdSchema,
    spoolId: spoolIdSchema,
    /** The numbers that will never come, both included. */
    from: sequenceSchema,
    to: sequenceSchema,
  }),
  z.object({
    kind: z.literal('setAside'),
    ...common,
    /** The record that is not to be screened. */
    topic: z.string(),
    partition: partitionSchema,
    offset: offsetSchema,
  }),
])
export type Command = z.infer<typeof commandSchema>
export const commandEventType = 'org.osteostream.command.v1'
