import { Kafka, logLevel } from 'kafkajs'

/** Deletes the records below these offsets, as retention does. */
export const cutTopic = async (
  { brokers }: { readonly brokers: string },
  topic: string,
  offsets: ReadonlyMap<number, bigint>,
): Promise<void> => {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  try {
    // kafkajs knows the leaders of a topic only once it has been asked about it.
    await admin.fetchTopicOffsets(topic)
    const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: offset.toString() }))
    await admin.deleteTopicRecords({ topic, partitions })
  } finally {
    await admin.disconnect()
  }
}
