import { farewell } from './ask-in-time.ts'

/**
 * Lets the handler finish and commit, and only then leaves the group. kafkajs leaves when its requests are answered: one to
 * join waits for the other members, for a whole session where one of them is dead.
 */
export const stopMember = async (
  membership: { readonly stop: () => Promise<void> },
  consumer: { readonly disconnect: () => Promise<void> },
): Promise<void> => {
  try {
    await membership.stop()
  } finally {
    await farewell(consumer.disconnect())
  }
}
