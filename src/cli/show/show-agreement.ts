import type { ModelAgreement, PairAgreement } from '../../analytics/agreement/read-agreement.ts'
import { figureOf, percentText } from '../../figures/figure-text.ts'
import { tableOf } from '../write-output.ts'

const rowOf = ({ first, second, hips, alike, kappa }: PairAgreement): string[] => [
  `${first}, ${second}`,
  String(hips),
  percentText(alike),
  kappa.kind === 'no-answer' ? `no answer (${kappa.reason})` : kappa.value.toFixed(2),
]

/** How the packages agree, for a person; nothing where only one has read. */
export const agreementLines = ({ models, hips, unanimous, pairs }: ModelAgreement): string[] =>
  models.length < 2
    ? []
    : [
        `all ${models.length} models call a hip alike: ${percentText(unanimous)} % of ${hips} hips`,
        '',
        tableOf([['models', 'hips', 'alike %', 'kappa'], ...pairs.map(rowOf)]),
      ]

/** The same for a program: shares from 0 to 1, null where there is no answer. */
export const agreementObject = ({ models, hips, unanimous, pairs }: ModelAgreement) => ({
  models,
  hips,
  unanimous: figureOf(unanimous),
  pairs: pairs.map(({ alike, kappa, ...pair }) => ({
    ...pair,
    alike: figureOf(alike),
    kappa: kappa.kind === 'no-answer' ? null : kappa.value,
  })),
})
