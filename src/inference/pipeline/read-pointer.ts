import { type RecordPosition, recordPositionSchema } from '../../contracts/identifiers.ts'

/** The position that a pointer `topic:partition:offset` names; undefined where it names none. */
export const pointedAt = (pointer: string): RecordPosition | undefined => {
  const [topic, partition, offset] = pointer.split(':')
  return recordPositionSchema.safeParse({ topic, partition: Number(partition), offset }).data
}
