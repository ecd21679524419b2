import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The recorded answers of SciPy, statsmodels and scikit-learn on one topic; `T` says how the caller reads them. */
export const readOracle = <T>(topic: string): T => {
  const recorded: T = JSON.parse(readFileSync(join(import.meta.dirname, `${topic}.json`), 'utf8'))
  return recorded
}
