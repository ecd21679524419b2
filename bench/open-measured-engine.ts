/** What measures of running processes have in common: topics, the site that sends, and a look at how far screening is. */
import { consumerGroups, imagesTopic } from '../src/contracts/topics.ts'
import { registerSite } from '../src/producers/register-site.ts'
import { createEngineKey } from '../src/roles/engine-key.ts'
import { roleDepsOf } from '../src/roles/open-engine.ts'
import { openProcess } from '../src/roles/open-process.ts'
import { prepareTopics } from '../src/roles/prepare-engine.ts'
import type { KafkaClient } from '../src/runtime/kafka/kafka-client.ts'
import { vouchingPublisher } from '../src/runtime/vouched-record.ts'
import { site } from './film-backlog.ts'

export type MeasuredEngineOptions = {
  readonly dataDir: string
  readonly kafka: KafkaClient
  /** Where its packages are; those that are shipped, where not given. */
  readonly modelsDir?: string
}

/** Makes the topics and registers the site; whoever measures starts the processes. */
export const openMeasuredEngine = async ({ dataDir, kafka, modelsDir }: MeasuredEngineOptions) => {
  const opened = openProcess('bench', { dataDir, quiet: true })
  const own = modelsDir === undefined ? opened : { ...opened, settings: { ...opened.settings, modelsDir } }
  const admin = await kafka.connectAdmin()
  const engineKey = await createEngineKey(own.settings)
  await prepareTopics(await roleDepsOf(own, kafka, (error) => console.error(error.message)), admin)
  const publisher = await kafka.connectPublisher()
  await registerSite({ publisher: vouchingPublisher(publisher, engineKey), now: () => new Date() }, site)
  return {
    admin,
    publisher,
    /** Live films that screening is done with. */
    screenedFilms: async (): Promise<number> => {
      const committed = await admin.committed(consumerGroups.screening, imagesTopic.name)
      return [...committed.values()].reduce((sum, offset) => sum + Number(offset), 0)
    },
    stop: async (): Promise<void> => {
      await publisher.stop()
      await admin.stop()
      await own.lifecycle.stop()
    },
  }
}
