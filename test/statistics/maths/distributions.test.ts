import { test } from 'node:test'
import { kolmogorovTail } from '../../../src/statistics/intervals/kolmogorov-smirnov.ts'
import * as ours from '../../../src/statistics/maths/distributions.ts'
import { close } from '../expect-answer.ts'
import { readOracle } from '../oracles/oracle.ts'

const recorded = readOracle<Record<string, number[][]>>('distributions')

const functions: Record<string, (...given: number[]) => number> = {
  normal_cdf: (x = 0) => ours.normalCdf(x),
  normal_quantile: (p = 0) => ours.normalQuantile(p),
  t_quantile: (p = 0, df = 1) => ours.tQuantile(p, df),
  t_two_sided: (x = 0, df = 1) => ours.tTwoSided(x, df),
  chi_square_tail: (x = 0, df = 1) => ours.chiSquareTail(x, df),
  chi_square_quantile: (p = 0, df = 1) => ours.chiSquareQuantile(p, df),
  beta_quantile: (p = 0, a = 1, b = 1) => ours.betaQuantile(p, a, b),
  binomial_cdf: (k = 0, n = 1, p = 0) => ours.binomialCdf(k, n, p),
  binomial_quantile: (q = 0, n = 1, p = 0) => ours.binomialQuantile(q, n, p),
  log_gamma: (x = 1) => ours.logGamma(x),
  kolmogorov_tail: (x = 0) => kolmogorovTail(x),
}

for (const [name, cases] of Object.entries(recorded))
  test(`${name} agrees with SciPy to 1e-9`, () => {
    const compute = functions[name]
    if (!compute) throw new Error(`${name} is not tested`)
    for (const row of cases) {
      const given = row.slice(0, -1)
      close(compute(...given), row.at(-1) ?? 0, 1e-9, `${name}(${given.join(', ')})`)
    }
  })

test('small tails keep their relative precision', () => {
  close(ours.chiSquareTail(150, 1) / 1.7334e-34, 1, 1e-3)
  close(ours.normalCdf(-8) / 6.22096057427178e-16, 1, 1e-9)
})
