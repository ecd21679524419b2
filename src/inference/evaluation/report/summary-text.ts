import type { DensityClass } from '../../../contracts/verdict.ts'
import { percent } from '../../../figures/figure-text.ts'
import { severityClasses } from '../../../statistics/severity/severity-cells.ts'
import type { PackageEvaluation } from '../package-evaluation.ts'

/** What the films of a domain are worth, to be said before every figure. */
export const domainNotes = {
  synthetic: 'the films are simulated: these figures say nothing about real patients',
  real: 'the films are real: the figures hold for people, devices and positioning like those of this folder',
} as const

/** What simulated films can show at best, to be said beside every figure. */
export const ceilingNotes = ({ ceiling, domain }: PackageEvaluation): string[] => {
  if (domain === 'real') return []
  if (ceiling === undefined)
    return [
      'the labels do not carry the error of the simulator: what the films can show at best is not known',
    ]
  if (ceiling.kind === 'no-answer') return [`no visibility ceiling: ${ceiling.detail}`]
  const best = severityClasses.map((name) => `${percent(ceiling.value[name].auc)} for ${name}`).join(', ')
  return [
    `visibility ceiling: the films show T with an error, so that no reader's AUC can exceed ${best} by more than chance`,
  ]
}

/** The measures of a class, in the order of the study's table. */
export const measures = ['auc', 'sensitivity', 'specificity', 'ppv', 'npv'] as const

/** Their names on paper. */
export const measureNames: Readonly<Record<(typeof measures)[number], string>> = {
  auc: 'AUC',
  sensitivity: 'sensitivity',
  specificity: 'specificity',
  ppv: 'PPV',
  npv: 'NPV',
}

/** The ceiling of a class in per cent with its spread, or nothing where there is none. */
export const ceilingText = ({ ceiling }: Pick<PackageEvaluation, 'ceiling'>, name: DensityClass): string[] =>
  ceiling?.kind === 'answer'
    ? [`${percent(ceiling.value[name].auc)} ± ${percent(ceiling.value[name].spread)}`]
    : []
