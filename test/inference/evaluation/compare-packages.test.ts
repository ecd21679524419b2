import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DensityClass } from '../../../src/contracts/verdict.ts'
import { comparePackages, unanimity } from '../../../src/inference/evaluation/compare-packages.ts'
import type { EvaluatedHip } from '../../../src/inference/evaluation/run-evaluation.ts'
import { tabulate } from '../../../src/inference/evaluation/tabulate.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { close, expectReason, valueOf } from '../../statistics/expect-answer.ts'
import { hipOf, population } from './evaluated-hips.ts'

/** The same hips, some of them called normal whatever they are. */
const worsened = (hips: readonly EvaluatedHip[], share: number): EvaluatedHip[] => {
  const random = createRandom(3)
  const called = (hip: EvaluatedHip): DensityClass => (random() < share ? 'normal' : hip.reading.densityClass)
  return hips.map((hip) => {
    const { reading: _reading, ...label } = hip
    return { ...hipOf({ ...label, called: called(hip) }) }
  })
}

describe('comparison of packages', () => {
  const hips = population(200, 4)

  test('is the difference of the tables, with limits that the pairing narrows', () => {
    const other = worsened(hips, 0.15)
    const found = comparePackages(hips, other)
    const [first, second] = [tabulate(hips).perHip, tabulate(other).perHip]
    const accuracy = valueOf(found.accuracy)
    close(accuracy.estimate, valueOf(first.accuracy).estimate - valueOf(second.accuracy).estimate)
    assert.ok(accuracy.low > 0)
    const auc = valueOf(found.auc.osteoporosis)
    const [a, b] = [first, second].map((table) => valueOf(table.classes.osteoporosis.auc))
    assert.ok(a && b)
    close(auc.estimate, a.estimate - b.estimate)
    assert.ok(auc.p < 0.01 && auc.low > 0)
    assert.ok(auc.high - auc.low < a.high - a.low + (b.high - b.low))
    const same = hips.filter((hip, i) => hip.reading.densityClass === other[i]?.reading.densityClass).length
    close(valueOf(found.alike).estimate, same / hips.length)
    const kappa = valueOf(found.kappa).estimate
    assert.ok(0.6 < kappa && kappa < same / hips.length, `${kappa}`)
  })

  test('of three, counts the hips that all call alike', () => {
    const [second, third] = [worsened(hips, 0.1), worsened(hips, 0.3)]
    const callOf = (all: readonly EvaluatedHip[], at: number) => all[at]?.reading.densityClass
    const alike = hips.filter(
      (_, at) => callOf(hips, at) === callOf(second, at) && callOf(hips, at) === callOf(third, at),
    ).length
    close(valueOf(unanimity([hips, second, third])).estimate, alike / hips.length)
    assert.ok(alike < hips.length)
  })

  test('takes only hips that both packages read, and finds no difference of a package with itself', () => {
    const found = comparePackages(hips, hips.slice(10))
    assert.equal(found.hips, hips.length - 10)
    assert.equal(valueOf(found.accuracy).estimate, 0)
    expectReason(found.auc.normal, 'uninformative')
    expectReason(comparePackages(hips, []).accuracy, 'empty')
  })
})
