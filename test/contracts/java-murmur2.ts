/**
 * Murmur2 as Kafka's Java client computes it (org.apache.kafka.common.utils.Utils.murmur2), in signed 32-bit
 * arithmetic; written from its definition, so that our client library has something to be compared with.
 */
export const javaMurmur2 = (data: Uint8Array): number => {
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

/** The partition that Java's default partitioner chooses for a key. */
export const javaPartition = (key: string, partitions: number): number =>
  (javaMurmur2(new TextEncoder().encode(key)) & 0x7fffffff) % partitions

/** Hashes that Kafka's own UtilsTest.testMurmur2 expects. */
export const javaVectors: readonly (readonly [string, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
]
