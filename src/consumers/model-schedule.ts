import {
  type ClassifierActivation,
  finderAt,
  firstPrimaryFrom,
  type ModelActivation,
  rolesAt,
} from '../contracts/model-activation.ts'
import type { ModelSchedule } from '../contracts/ports.ts'
import { modelsTopic } from '../contracts/topics.ts'
import type { FinderIdentity, ModelIdentity } from '../contracts/verdict.ts'
import { type FollowTopicOptions, followTopic } from '../runtime/kafka/follow-topic.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import type { Running } from '../runtime/lifecycle.ts'
import { createReadEngineRecord, type EngineRecordDeps } from './read-engine-record.ts'

/** Activations, and what they mean for a film. */
export const createActivationHistory = (deps: EngineRecordDeps) => {
  const read = createReadEngineRecord(deps, modelsTopic, 'model activation')
  const history = new Map<string, ModelActivation>()
  const inRole = (instant: string, role: ClassifierActivation['role']): ModelIdentity[] =>
    [...rolesAt([...history.values()], instant).values()]
      .filter((entry) => entry.role === role)
      .map((entry) => entry.model)
  /** A film that seems older than the first primary is read with what served then. */
  const served = (instant: string): string => {
    const first = firstPrimaryFrom([...history.values()])
    return first !== undefined && instant < first ? first : instant
  }
  return {
    apply: (record: ConsumedRecord): void => {
      const said = read(record)
      if (said?.kind === 'entry') history.set(said.data.activationId, said.data)
      else if (said?.kind === 'gone') history.delete(record.key ?? '')
    },
    all: (): readonly ModelActivation[] => [...history.values()],
    primaryAt: (instant: string): ModelIdentity | undefined => inRole(served(instant), 'primary')[0],
    shadowsAt: (instant: string): readonly ModelIdentity[] => inRole(served(instant), 'shadow'),
    finderAt: (instant: string): FinderIdentity | undefined =>
      finderAt([...history.values()], served(instant))?.finder,
  }
}

/** The schedule with the activations that it was made from. */
export type FollowedModels = ModelSchedule & Running & { readonly all: () => readonly ModelActivation[] }

/** Follows the activations; films choose by the time that is believed, so a crash in mid-activation changes nothing. */
export const followModels = async (
  options: Omit<FollowTopicOptions, 'topic' | 'apply'> & EngineRecordDeps,
): Promise<FollowedModels> => {
  const history = createActivationHistory(options)
  const followed = await followTopic({ ...options, topic: modelsTopic.name, apply: history.apply })
  await followed.catchUp()
  return {
    all: history.all,
    primaryAt: history.primaryAt,
    shadowsAt: history.shadowsAt,
    finderAt: history.finderAt,
    refresh: followed.catchUp,
    stop: followed.stop,
  }
}
