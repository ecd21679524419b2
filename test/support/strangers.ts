import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

/** The real hip in eight encodings; it is no part of the repository. */
export const realHips = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'hip-dicom')
export const realHip = join(realHips, 'RG2_UNC.dcm')

/** SHA-256 of the uncompressed pixels of that hip, as its README says. */
export const realHipPixels = '9ed5d9818c250bb81ff9093a6c4d5c6032df281fce82b9a288de65c74348301e'

/** Why a test with a program of others cannot run here; false where it can. */
export const missing = (...programs: readonly string[]): string | false => {
  const gone = programs.filter((program) => spawnSync('which', [program]).status !== 0)
  return gone.length > 0 && `${gone.join(', ')} is not installed (Debian's dcmtk): this is NOT checked`
}

/** As `missing`, for a test that needs the real hip too. */
export const missingWithHip = (...programs: readonly string[]): string | false =>
  missing(...programs) || (!existsSync(realHip) && 'the real hip is not here: this is NOT checked')

const run = promisify(execFile)

/** Runs a program of others; answers its exit status and what it said. */
export const stranger = async (
  program: string,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly said: string }> => {
  try {
    const { stdout, stderr } = await run(program, args, { maxBuffer: 1 << 26 })
    return { code: 0, said: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, said: `${stdout}${stderr}` }
  }
}
