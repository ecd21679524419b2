/**
 * Lowest and next offsets of a topic. Two looks at different topics replace each other's metadata within kafkajs, which
 * then takes an answer apart that has no partitions: that is worth another try, and not the end of a process.
 */
export const topicOffsets = async <Offsets>(
  admin: { readonly fetchTopicOffsets: (topic: string) => Promise<Offsets> },
  topic: string,
): Promise<Offsets> => {
  try {
    return await admin.fetchTopicOffsets(topic)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const lost = new Error(`kafkajs has no partitions of ${topic}`, { cause: error })
    throw Object.assign(lost, { retriable: true })
  }
}
