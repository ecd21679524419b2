/** Murmur2 as Kafka's Java client computes it (org.apache.kafka.common.utils.Utils.murmur2), in signed 32-bit arithmetic. */
export const murmur2 = (data: Uint8Array): number => {
  const m = 0x5bd1e995
  let hash = 0x9747b28c ^ data.length
  const whole = data.length - (data.length % 4)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(view.getInt32(at, true), m)
    word ^= word >>> 24
    hash = Math.imul(hash, m) ^ Math.imul(word, m)
  }
  const rest = data.subarray(whole)
  for (let at = rest.length - 1; at >= 0; at -= 1) hash ^= (rest[at] ?? 0) << (8 * at)
  if (rest.length > 0) hash = Math.imul(hash, m)
  hash ^= hash >>> 13
  hash = Math.imul(hash, m)
  return hash ^ (hash >>> 15)
}

const encoder = new TextEncoder()

/** The partition to which a record key belongs, as the Java client's default partitioner chooses it. */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(encoder.encode(key)) & 0x7fffffff) % partitions
