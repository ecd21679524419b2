import { appendFile } from 'node:fs/promises'
import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'

/** Appends who looked at what, a JSON line each; nothing is ever changed or taken out. */
export const openAuditLog = (path: string, now: () => Date, logger: Logger) => {
  let last: Promise<unknown> = Promise.resolve()
  return {
    write: (line: Readonly<Record<string, string | number>>): void => {
      const text = `${JSON.stringify({ at: now().toISOString(), ...line })}\n`
      last = last
        .then(() => appendFile(path, text, { mode: 0o600 }))
        .catch((error: unknown) => logger.error({ error: messageOf(error) }, 'audit line not written'))
    },
    /** Resolves when every line so far is on disk. */
    written: async (): Promise<void> => void (await last),
  }
}
