import { randomUUID } from 'node:crypto'
import { followModels } from '../consumers/model-schedule.ts'
import type { ModelActivation } from '../contracts/model-activation.ts'
import { modelsTopic, topics } from '../contracts/topics.ts'
import { chooseShipped } from '../inference/packages/choose-package.ts'
import { finderIdentityOf, identityOf } from '../inference/packages/model-manifest.ts'
import { encodeJsonEvent } from '../runtime/json-event.ts'
import type { KafkaAdmin, RecordPublisher } from '../runtime/kafka/types.ts'
import { vouchingPublisher } from '../runtime/vouched-record.ts'
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
    subject: activation.role === 'finder' ? activation.finder.name : activation.model.name,
    source: '/models',
    time: activation.at,
  }
  await publisher.publish(
    modelsTopic,
    encodeJsonEvent(modelsTopic, activation.activationId, metadata, activation),
  )
}

const activateShipped = async (deps: RoleDeps): Promise<void> => {
  const { classifiers, finder } = await openServingShelf(deps.settings, deps.logger)
  const publisher = await deps.kafka.connectPublisher()
  const vouching = vouchingPublisher(publisher, deps.engineKey)
  const common = () => ({
    activationId: randomUUID(),
    activeFrom: always,
    who: 'engine',
    why: 'first start: the packages that are shipped',
    at: new Date().toISOString(),
  })
  try {
    // The primary comes last: where it stands, everything stands.
    await publishActivation(vouching, {
      ...common(),
      finder: finderIdentityOf(finder.manifest),
      role: 'finder',
    })
    for (const [place, found] of [...chooseShipped(classifiers).entries()].toReversed())
      await publishActivation(vouching, {
        ...common(),
        model: identityOf(found.manifest),
        role: place === 0 ? 'primary' : 'shadow',
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
    engineKey: deps.engineKey,
    logger: deps.logger,
    onCrash: deps.onCrash,
  })
  try {
    if (schedule.primaryAt(new Date().toISOString()) === undefined) await activateShipped(deps)
  } finally {
    await schedule.stop()
  }
}
