import { largestFilmBytes } from '../contracts/image-event.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'

/** The bytes of a film in the store as its claim check says them; one that does not say counts as the largest. */
const claimedBytes = ({ headers }: ConsumedRecord): number => {
  if (headers['ce_dataref'] === undefined) return 0
  const claimed = Number(headers['ce_contentsize'])
  return claimed > 0 && claimed <= largestFilmBytes ? claimed : largestFilmBytes
}

/**
 * The bytes that a record takes while it is in work: its film, wherever that is, and its headers, so that not
 * even a backlog of empty records is taken all at once.
 */
export const weighRecord = (record: ConsumedRecord): number => {
  let bytes = record.value.length + claimedBytes(record)
  for (const [name, value] of Object.entries(record.headers)) bytes += name.length + value.length
  return bytes
}
