import { promisify } from 'node:util'
import { zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** Up to this size a thread costs more than the work that it takes over. */
const atOnceBytes = 64 * 1024

/** Zstandard for Kafka record batches, from Node's own zlib. */
export const zstdCodec = () => ({
  compress: async ({ buffer }: { buffer: Buffer }): Promise<Buffer> =>
    buffer.length <= atOnceBytes ? zstdCompressSync(buffer) : compress(buffer),
  decompress: async (buffer: Buffer): Promise<Buffer> =>
    buffer.length <= atOnceBytes ? zstdDecompressSync(buffer) : decompress(buffer),
})
