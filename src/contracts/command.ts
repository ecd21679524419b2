import { z } from 'zod'
import { arrivalIdSchema, attemptSchema, auditSchema, offsetSchema, partitionSchema } from './identifiers.ts'

const common = { commandId: z.uuid(), ...auditSchema.shape }

/** What a person told the engine to do; the audit trail. */
export const commandSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('requeue'),
    ...common,
    arrivalId: arrivalIdSchema,
    attempt: attemptSchema.min(2),
  }),
  z.object({ kind: z.literal('acknowledge'), ...common, alarmId: z.uuid() }),
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
