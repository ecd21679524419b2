import type { OutgoingRecord } from './types.ts'

/** A record as kafkajs sends it: without a copy of its bytes. */
export const messageOf = (record: OutgoingRecord) => ({
  key: record.key,
  ...(record.partition === undefined ? {} : { partition: record.partition }),
  value:
    record.value === null
      ? null
      : Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength),
  headers: { ...record.headers },
})
