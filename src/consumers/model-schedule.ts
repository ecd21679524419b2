import type { ModelActivation } from '../contracts/model-activation.ts'
import type { ModelSchedule } from '../contracts/ports.ts'
import { modelsTopic } from '../contracts/topics.ts'
import type { ModelIdentity } from '../contracts/verdict.ts'
import { decodeJsonEvent } from '../runtime/json-event.ts'
import { type FollowTopicOptions, followTopic } from '../runtime/kafka/follow-topic.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

const keyOf = (model: ModelIdentity): string => `${model.name}@${model.version}`

/** Activations in the order of their times, and what they mean for a film. */
export const createActivationHistory = (logger: Logger) => {
  const history = new Map<string, ModelActivation>()
  const until = (receivedAt: string): ModelActivation[] =>
    [...history.values()]
      .filter((activation) => activation.activeFrom <= receivedAt)
      .toSorted((a, b) => (a.activeFrom + a.at < b.activeFrom + b.at ? -1 : 1))
  const rolesAt = (receivedAt: string): ReadonlyMap<string, ModelActivation> => {
    const roles = new Map<string, ModelActivation>()
    for (const activation of until(receivedAt)) {
      // There is one primary: the next one sends the last into the shadow.
      if (activation.role === 'primary')
        for (const [key, other] of roles)
          if (other.role === 'primary') roles.set(key, { ...other, role: 'shadow' })
      roles.set(keyOf(activation.model), activation)
    }
    return roles
  }
  const inRole = (receivedAt: string, role: ModelActivation['role']): ModelIdentity[] =>
    [...rolesAt(receivedAt).values()].filter((entry) => entry.role === role).map((entry) => entry.model)
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
    primaryAt: (receivedAt: string): ModelIdentity | undefined => inRole(receivedAt, 'primary')[0],
    shadowsAt: (receivedAt: string): readonly ModelIdentity[] => inRole(receivedAt, 'shadow'),
  }
}

/** Follows the activations; films choose by their `receivedAt`, so a crash in mid-activation changes nothing. */
export const followModels = async (
  options: Omit<FollowTopicOptions, 'topic' | 'apply'> & { logger: Logger },
): Promise<ModelSchedule & Running> => {
  const history = createActivationHistory(options.logger)
  const followed = await followTopic({ ...options, topic: modelsTopic.name, apply: history.apply })
  await followed.catchUp()
  return {
    primaryAt: history.primaryAt,
    shadowsAt: history.shadowsAt,
    refresh: followed.catchUp,
    stop: followed.stop,
  }
}
