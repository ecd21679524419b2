import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { peopleOfSite } from '../../../src/analytics/stores/people-of-site.ts'
import type { Correction } from '../../../src/contracts/correction.ts'
import { hex, uuid } from '../films.ts'

const day = (number: number): string => new Date(Date.UTC(2026, 2, number)).toISOString()
const common = (number: number) => ({
  correctionId: uuid(`correction ${number}`),
  siteId: 'lisbon',
  who: 'data steward',
  why: 'for a test',
  at: day(number),
})
const erase = (number: number, person: string): Correction => ({
  kind: 'erase',
  ...common(number),
  subjectKey: hex(person),
})
const relink = (number: number, from: string, to: string, link?: string): Correction => ({
  kind: 'relink',
  ...common(number),
  subjectKey: hex(from),
  newSubjectKey: hex(to),
  ...(link === undefined ? {} : { newLinkKey: hex(link) }),
})

const names = new Map(['ann', 'bea', 'cleo', 'dot', 'link 1', 'link 2'].map((name) => [hex(name), name]))
const told = (corrections: readonly Correction[]) => {
  const { erased, relinked } = peopleOfSite(corrections)
  return {
    erased: [...erased].map((key) => names.get(key) ?? key).toSorted(),
    relinked: [...relinked]
      .map(([key, { personKey, linkKey }]) =>
        [key, personKey, ...(linkKey === undefined ? [] : [linkKey])]
          .map((each) => names.get(each))
          .join(' '),
      )
      .toSorted(),
  }
}

describe('what the corrections of a site mean together', () => {
  test('a person who was relinked twice goes by the last key, and by the last link that was given', () => {
    const { relinked } = told([relink(1, 'ann', 'bea', 'link 1'), relink(2, 'bea', 'cleo')])
    assert.deepEqual(relinked, ['ann cleo link 1', 'bea cleo'])
    assert.deepEqual(told([relink(1, 'ann', 'bea', 'link 1'), relink(2, 'bea', 'cleo', 'link 2')]).relinked, [
      'ann cleo link 2',
      'bea cleo link 2',
    ])
  })

  test('the latest relink of a key holds, and one to itself takes the last one back', () => {
    assert.deepEqual(told([relink(1, 'ann', 'bea'), relink(2, 'ann', 'cleo')]).relinked, ['ann cleo'])
    assert.deepEqual(told([relink(1, 'ann', 'bea'), relink(2, 'ann', 'ann')]).relinked, ['ann ann'])
  })

  test('keys that lead in a circle are one person', () => {
    const { relinked } = peopleOfSite([relink(1, 'ann', 'bea'), relink(2, 'bea', 'ann')])
    assert.equal(new Set([...relinked.values()].map(({ personKey }) => personKey)).size, 1)
  })

  test('an erasure takes all keys of the person, old and new, and those that are joined later', () => {
    const joined = [relink(1, 'ann', 'bea'), relink(2, 'bea', 'cleo')]
    for (const person of ['ann', 'bea', 'cleo'])
      assert.deepEqual(told([...joined, erase(3, person)]).erased, ['ann', 'bea', 'cleo'])
    assert.deepEqual(told([erase(1, 'ann'), relink(2, 'bea', 'ann')]).erased, ['ann', 'bea'])
  })

  test('a relink that was taken back before the erasure spares the other person; after it, nobody', () => {
    const mistake = [relink(1, 'bea', 'ann'), relink(2, 'bea', 'bea')]
    assert.deepEqual(told([...mistake, erase(3, 'ann')]).erased, ['ann'])
    assert.deepEqual(told([relink(1, 'bea', 'ann'), erase(2, 'ann'), relink(3, 'bea', 'bea')]).erased, [
      'ann',
      'bea',
    ])
  })

  test('the order in which corrections come does not matter, and what is erased stays so', () => {
    const person = fc.constantFrom('ann', 'bea', 'cleo', 'dot')
    const made = fc
      .array(
        fc.oneof(
          fc.record({ to: fc.constant(undefined), from: person }),
          fc.record({ to: person, from: person }),
        ),
        {
          maxLength: 8,
        },
      )
      .map((list) =>
        list.map(({ from, to }, index) => (to === undefined ? erase(index, from) : relink(index, from, to))),
      )
    const shuffled = made.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    )
    fc.assert(
      fc.property(shuffled, ([inOrder, other]) => {
        assert.deepEqual(told(other), told(inOrder))
        const before = told(inOrder.slice(0, -1)).erased
        assert.ok(before.every((name) => told(inOrder).erased.includes(name)))
      }),
      { seed: 4, numRuns: 300 },
    )
  })
})
