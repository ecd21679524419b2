import { z } from 'zod'
import { arrivalIdSchema, auditSchema } from './identifiers.ts'

const common = { commandId: z.uuid(), ...auditSchema.shape }

/** What a person told the engine to do; the audit trail. */
export const commandSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('requeue'), ...common, arrivalId: arrivalIdSchema, attempt: z.int().min(2) }),
  z.object({ kind: z.literal('acknowledge'), ...common, alarmId: z.uuid() }),
  z.object({ kind: z.literal('activate'), ...common, activationId: z.uuid() }),
])
export type Command = z.infer<typeof commandSchema>
export const commandEventType = 'org.osteostream.command.v1'
