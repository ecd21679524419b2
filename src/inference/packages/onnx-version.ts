import { createRequire } from 'node:module'
import { z } from 'zod'

/** The version of ONNX Runtime, without loading its native library. */
export const onnxRuntimeVersion: string = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('onnxruntime-node/package.json')).version
