import { type ModelActivation, rolesAt } from '../contracts/model-activation.ts'
import type { ModelSchedule } from '../contracts/ports.ts'
import { modelsTopic } from '../contracts/topics.ts'
import type { ModelIdentity } from '../contracts/verdict.ts'
import { decodeJsonEvent } from '../runtime/json-event.ts'
import { type FollowTopicOptions, followTopic } from '../runtime/kafka/follow-topic.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

/** Activations, and what they mean for a film. */
export const createActivationHistory = (logger: Logger) => {
  const history = new Map<string, ModelActivation>()
  const inRole = (receivedAt: string, role: ModelActivation['role']): ModelIdentity[] =>
    [...rolesAt([...history.values()], receivedAt).values()]
      .filter((entry) => entry.role === role)
      .map((entry) => entry.model)
  return {
    apply: (record: ConsumedRecord): void => {
      if (record.value.length === 0) {
        history.delete(record.key ?? '')
        return
      }
      const decoded = decodeJsonEvent(modelsTopic, record)
      if (decoded.kind === 'ok') history.set(decoded.data.activationId, decoded.data)
      else logger.warn({ offset: record.offset.toString() }, 'model activation cannot be read')
    },
    all: (): readonly ModelActivation[] => [...history.values()],
    primaryAt: (receivedAt: string): ModelIdentity | undefined => inRole(receivedAt, 'primary')[0],
    shadowsAt: (receivedAt: string): readonly ModelIdentity[] => inRole(receivedAt, 'shadow'),
  }
}

/** The schedule with the activations that it was made from. */
export type FollowedModels = ModelSchedule & Running & { readonly all: () => readonly ModelActivation[] }

/** Follows the activations; films choose by their `receivedAt`, so a crash in mid-activation changes nothing. */
export const followModels = async (
  options: Omit<FollowTopicOptions, 'topic' | 'apply'> & { logger: Logger },
): Promise<FollowedModels> => {
  const history = createActivationHistory(options.logger)
  const followed = await followTopic({ ...options, topic: modelsTopic.name, apply: history.apply })
  await followed.catchUp()
  return {
    all: history.all,
    primaryAt: history.primaryAt,
    shadowsAt: history.shadowsAt,
    refresh: followed.catchUp,
    stop: followed.stop,
  }
}
