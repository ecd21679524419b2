import type { ChaosReport } from './run-chaos.ts'

const seconds = (ms: number | undefined): string => (ms === undefined ? '—' : (ms / 1000).toFixed(1))

const row = (cells: readonly string[]): string => {
  const [first = '', ...others] = cells
  return `| ${first.padEnd(26)} |${others.map((cell) => ` ${cell.padStart(8)} |`).join('')}`
}

const recoveryTable = (faults: ChaosReport['faults']): string[] => [
  row(['fault', 'times', 'median s', 'worst s']),
  row(['---', '---', '---', '---']),
  ...faults.map(({ kind, times, recoveryMs }) =>
    row([kind, String(times), seconds(recoveryMs?.median), seconds(recoveryMs?.worst)]),
  ),
]

/** The report for a person, and for `docs/reliability.md`. */
export const reportLines = (report: ChaosReport): string[] => {
  const { filmsPerS, longestOwnerlessMs: ownerless, seconds: took } = report
  return [
    `${report.films} films; ${filmsPerS.undisturbed} films/s undisturbed (${took.undisturbed} s), ${filmsPerS.disturbed} of at most ${filmsPerS.offered} offered under faults (${took.disturbed} s): ratio ${filmsPerS.ratio}`,
    '',
    ...recoveryTable(report.faults),
    '',
    `longest time without an owner: screening ${seconds(ownerless.screen)} s, sink ${seconds(ownerless.sink)} s`,
    ...report.differences.map((difference) => JSON.stringify(difference, null, 2)),
    ...report.badEnds.map((end) =>
      [`${end.name} ended ${end.how} with ${end.code}:`, ...end.tail].join('\n    '),
    ),
    ...(report.broken.length === 0
      ? ['every promise was kept: the ledger balances, every business column equals the undisturbed run']
      : report.broken.map((promise) => `BROKEN: ${promise}`)),
    ...report.late.map((promise) => `LATE: ${promise}`),
  ]
}
