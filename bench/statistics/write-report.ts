import type { Check, Findings, Table } from './study.ts'

/** Facts of the run that stand at the top of the page. */
export type ReportFacts = {
  readonly seed: number
  readonly quick: boolean
  readonly node: string
}

const table = ({ caption, columns, rows }: Table): string =>
  [
    `**${caption}**`,
    '',
    `| ${columns.join(' | ')} |`,
    `|${columns.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
  ].join('\n')

const digits = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 3 : 1)

/** Whether a check lies inside its limits. */
export const passes = ({ value, low, high }: Check): boolean => value >= low && value <= high

const checks = (all: readonly Check[]): string =>
  [
    '| what must hold | found | allowed | |',
    '|---|---|---|---|',
    ...all.map(
      (check) =>
        `| ${check.name} | ${digits(check.value)} | ${digits(check.low)} … ${digits(check.high)} | ${passes(check) ? 'holds' : '**fails**'} |`,
    ),
    '',
  ].join('\n')

const section = ({ title, text, tables, plots }: Findings): string =>
  [
    `## ${title}`,
    '',
    ...text.flatMap((paragraph) => [paragraph, '']),
    ...plots.flatMap(({ file, alt }) => [`![${alt}](statistics-validation/${file})`, '']),
    ...tables.map(table),
  ].join('\n')

/** The page: what must hold, then every study with its tables and plots. */
export const writeReport = (findings: readonly Findings[], facts: ReportFacts): string => {
  const all = findings.flatMap((found) => found.checks)
  const held = all.filter(passes).length
  return [
    '# Validation of the statistics',
    '',
    `Written by \`npm run validate:statistics${facts.quick ? ' -- --quick' : ''}\` with seed ${facts.seed} on Node ${facts.node}; the same seed writes the same page. Do not edit: run it again, with another seed if you doubt it. All people here are simulated.`,
    '',
    'Every table shows this library beside the naive method, and in brackets (or under “page”) the figures of the statistics page that they are to reproduce within Monte-Carlo error. Agreement with SciPy, statsmodels and scikit-learn is tested in `test/statistics`.',
    '',
    `## What must hold: ${held} of ${all.length}`,
    '',
    'Limits include the Monte-Carlo error of this run.',
    '',
    checks(all),
    ...findings.map(section),
  ].join('\n')
}
