import { randomUUID } from 'node:crypto'
import { followModels } from '../consumers/model-schedule.ts'
import type { ModelActivation } from '../contracts/model-activation.ts'
import { modelsTopic, topics } from '../contracts/topics.ts'
import { chooseShipped } from '../inference/packages/choose-package.ts'
import { identityOf } from '../inference/packages/model-manifest.ts'
import { encodeJsonEvent } from '../runtime/json-event.ts'
import type { KafkaAdmin, RecordPublisher } from '../runtime/kafka/types.ts'
import { openServingShelf } from './serving-shelf.ts'
import type { RoleDeps } from './start-screening.ts'

/** Films that were received before the first activation are read with it too. */
const always = '2000-01-01T00:00:00.000Z'

/** Publishes an activation under its own id. */
export const publishActivation = async (
  publisher: Pick<RecordPublisher, 'publish'>,
  activation: ModelActivation,
): Promise<void> => {
  const metadata = {
    id: activation.activationId,
    subject: activation.model.name,
    source: '/models',
    time: activation.at,
  }
  await publisher.publish(
    modelsTopic,
    encodeJsonEvent(modelsTopic, activation.activationId, metadata, activation),
  )
}

const activateShipped = async (deps: RoleDeps): Promise<void> => {
  const { classifiers } = await openServingShelf(deps.settings, deps.logger)
  const shipped = chooseShipped(classifiers)
  const publisher = await deps.kafka.connectPublisher()
  try {
    for (const [place, found] of shipped.entries())
      await publishActivation(publisher, {
        activationId: randomUUID(),
        model: identityOf(found.manifest),
        role: place === 0 ? 'primary' : 'shadow',
        activeFrom: always,
        who: 'engine',
        why: 'first start: the packages that are shipped',
        at: new Date().toISOString(),
      })
  } finally {
    await publisher.stop()
  }
}

/** Creates the topics and, where no model was ever activated, activates the packages that are shipped. */
export const prepareTopics = async (deps: RoleDeps, admin: KafkaAdmin): Promise<void> => {
  await admin.createTopics(topics)
  const schedule = await followModels({
    consume: deps.kafka.consume,
    admin,
    logger: deps.logger,
    onCrash: deps.onCrash,
  })
  try {
    if (schedule.primaryAt(new Date().toISOString()) === undefined) await activateShipped(deps)
  } finally {
    await schedule.stop()
  }
}
