import type { Command } from '../contracts/command.ts'
import { commandsTopic } from '../contracts/topics.ts'
import { encodeJsonEvent } from '../runtime/json-event.ts'
import type { RecordPublisher } from '../runtime/kafka/types.ts'

/** Stores a command in the audit trail; it resolves when Kafka has it. */
export const publishCommand = async (
  publisher: Pick<RecordPublisher, 'publish'>,
  command: Command,
): Promise<void> => {
  const metadata = { id: command.commandId, subject: command.kind, source: '/commands', time: command.at }
  await publisher.publish(commandsTopic, encodeJsonEvent(commandsTopic, command.commandId, metadata, command))
}
