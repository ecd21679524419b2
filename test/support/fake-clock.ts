import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const library = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((folder) => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`)
  .find(existsSync)

/** Why a test that sets a clock cannot run here; false where it can. */
export const noFakeClock: string | false =
  library === undefined &&
  'libfaketime is missing (apt-get install faketime): clocks that jump are NOT tested'

/** A clock of the machine for child processes, which can be set while they run. */
export const createFakeClock = async (folder: string) => {
  const file = join(folder, 'faketime')
  /** Sets it so many seconds beside the true one. */
  const set = (seconds: number): Promise<void> =>
    writeFile(file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}s\n`)
  await set(0)
  return {
    set,
    environment: {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      // Looking at the file at each question would make a busy process slow.
      FAKETIME_CACHE_DURATION: '1',
      // A clock that is set moves the time of day, not the time that has passed.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
  }
}
