import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that goes with the test. */
export const tempDir = async (t: { after: (work: () => Promise<void>) => void }): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'osteostream-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
