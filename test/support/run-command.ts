import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..')

export type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string }

/**
 * Runs a command of the program as a user would, with `input` on its standard input and `environment` over that of
 * the tests.
 */
export const runCommand = (
  args: readonly string[],
  input = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, ['src/cli/main.ts', ...args], {
      cwd: root,
      env: { ...process.env, ...environment },
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.on('error', fail)
    child.on('close', (code) => done({ code: code ?? -1, stdout, stderr }))
    child.stdin.end(input)
  })

/** The object on the last line of what a command printed with `--json`. */
export const objectOf = ({ stdout, stderr }: Answer) => {
  const line = stdout.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) throw new Error(`no object was printed: ${stdout}${stderr}`)
  return JSON.parse(line)
}
