import { recordPointerOf } from '../contracts/identifiers.ts'
import { commandsTopic } from '../contracts/topics.ts'
import { type FollowTopicOptions, followTopic } from '../runtime/kafka/follow-topic.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import type { Running } from '../runtime/lifecycle.ts'
import { createReadEngineRecord, type EngineRecordDeps } from './read-engine-record.ts'

/** The records that operators want set aside, by place (`topic:partition:offset`). */
export type PlacesSetAside = {
  readonly has: (place: string) => boolean
  /** Calls `listener` for each place that is set aside from now on. */
  readonly follow: (listener: (place: string) => void) => void
}

/** Keeps what the commands topic says of set-aside records. */
export const createPlacesSetAside = (deps: EngineRecordDeps) => {
  const read = createReadEngineRecord(deps, commandsTopic, 'command')
  const places = new Set<string>()
  const listeners: ((place: string) => void)[] = []
  return {
    has: (place: string): boolean => places.has(place),
    follow: (listener: (place: string) => void): void => void listeners.push(listener),
    apply: (record: ConsumedRecord): void => {
      const said = read(record)
      if (said?.kind !== 'entry' || said.data.kind !== 'setAside') return
      const place = recordPointerOf(said.data)
      places.add(place)
      for (const listener of listeners) listener(place)
    },
  }
}

/** Follows the commands; the answer is ready once all commands given so far are known. */
export const followPlacesSetAside = async (
  options: Omit<FollowTopicOptions, 'topic' | 'apply'> & EngineRecordDeps,
): Promise<PlacesSetAside & Running> => {
  const { apply, ...places } = createPlacesSetAside(options)
  const followed = await followTopic({ ...options, topic: commandsTopic.name, apply })
  await followed.catchUp()
  return { ...places, stop: followed.stop }
}
