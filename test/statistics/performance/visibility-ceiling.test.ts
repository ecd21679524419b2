import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { normalCdf } from '../../../src/statistics/maths/distributions.ts'
import { drawNormal } from '../../../src/statistics/maths/draws.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { visibilityCeiling } from '../../../src/statistics/performance/visibility-ceiling.ts'
import { close, valueOf } from '../expect-answer.ts'

const hospital = (people: number, seed: number): number[] => {
  const random = createRandom(seed)
  return Array.from({ length: people }, () => -1.69 + 0.86 * drawNormal(random))
}

/** One hip of each person, all of one clinic. */
const ceilingOf = (severity: readonly number[], sd: number, draws = 60) =>
  valueOf(
    visibilityCeiling({
      severity,
      errorSd: severity.map(() => sd),
      clinicSd: severity.map(() => 0),
      persons: severity.map((_, i) => i),
      clinics: severity.map(() => 'one'),
      random: createRandom(1),
      draws,
    }),
  )

describe('visibility ceiling', () => {
  test('an error of .3 in the hospital mix gives about .974, .930 and .972', () => {
    const found = ceilingOf(hospital(6000, 2), 0.3)
    for (const [k, expected] of [0.974, 0.93, 0.972].entries()) close(found[k]?.auc ?? 0, expected, 0.006)
  })

  test('is the mean of the pairwise chances for the outer classes', () => {
    const severity = hospital(300, 3)
    const sd = 0.5
    const chances = (isOwn: (t: number) => boolean, sign: number): number => {
      const [own, others] = [severity.filter(isOwn), severity.filter((t) => !isOwn(t))]
      const sum = own.flatMap((t) => others.map((u) => normalCdf((sign * (t - u)) / (sd * Math.SQRT2))))
      return sum.reduce((all, chance) => all + chance, 0) / sum.length
    }
    const [osteoporosis, , normal] = ceilingOf(severity, sd, 400)
    close(
      osteoporosis?.auc ?? 0,
      chances((t) => t <= -2.5, -1),
      0.003,
    )
    close(
      normal?.auc ?? 0,
      chances((t) => t >= -1, 1),
      0.003,
    )
  })

  test('without an error everything can be seen, and errors that a clinic shares hide less than those of hips', () => {
    const severity = hospital(300, 4)
    for (const { auc, spread } of ceilingOf(severity, 0, 10)) assert.deepEqual([auc, spread], [1, 0])
    const shared = valueOf(
      visibilityCeiling({
        severity,
        errorSd: severity.map(() => 0),
        clinicSd: severity.map(() => 0.4),
        persons: severity.map((_, i) => i),
        clinics: severity.map(() => 'one'),
        random: createRandom(1),
        draws: 20,
      }),
    )
    close(shared[0]?.auc ?? 0, 1)
    assert.ok((ceilingOf(severity, 0.4)[0]?.auc ?? 1) < 0.97)
  })

  test('needs every class', () => {
    const found = visibilityCeiling({
      severity: [-3, -2],
      errorSd: [0.2, 0.2],
      clinicSd: [0, 0],
      persons: [1, 2],
      clinics: ['a', 'a'],
      random: createRandom(1),
    })
    assert.equal(found.kind === 'no-answer' && found.reason, 'class-never-seen')
  })
})
