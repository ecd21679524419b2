import { spawnSync } from 'node:child_process'

const candidates = ['python3', '/usr/bin/python3']

/** A Python 3 that has these modules; undefined where this machine has none. */
export const findPython = (...modules: readonly string[]): string | undefined =>
  candidates.find((python) => {
    const probe = spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' })
    return probe.status === 0
  })
