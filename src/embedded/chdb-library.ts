import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SetupError } from '../runtime/errors.ts'

const find = (): string => {
  // The library is a package of its own for each platform, and chDB's dependency, not ours.
  const fromChdb = createRequire(createRequire(import.meta.url).resolve('chdb/package.json'))
  const manifest = fromChdb.resolve(`@chdb/lib-${process.platform}-${process.arch}-gnu/package.json`)
  const library = join(dirname(manifest), 'libchdb.so')
  if (!existsSync(library)) throw new Error(`${library} is missing`)
  return library
}

/** Where chDB's library is, for this platform. Throws SetupError PLATFORM_UNSUPPORTED. */
export const chdbLibrary = (): string => {
  try {
    return find()
  } catch (error) {
    throw new SetupError(
      'PLATFORM_UNSUPPORTED',
      `no embedded ClickHouse for ${process.platform}-${process.arch} is installed`,
      'run `npm ci` on Linux x64 or arm64 with glibc, or set OSTEOSTREAM_CLICKHOUSE_URL to use a ClickHouse that runs elsewhere',
      { cause: error },
    )
  }
}
