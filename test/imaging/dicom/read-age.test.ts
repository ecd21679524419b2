import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readFilmHeader } from '../../../src/imaging/read-film-header.ts'
import { film } from '../films.ts'

/** The band of a film of 14 March 2025, or why it is refused. */
const bandOf = (age: string, birthDate = ''): string => {
  const header = readFilmHeader(film({ patient: { age, birthDate } }))
  if (header.kind === 'rejected') return header.reason
  return header.kind === 'ok' ? (header.value.attributes.ageBand ?? 'none') : header.code
}

describe('ages', () => {
  const cases: [age: string, birthDate: string, expected: string][] = [
    ['8Y', '', 'UNDER_18'],
    ['16', '', 'UNDER_18'],
    [' 16Y', '', 'UNDER_18'],
    ['016y', '', 'UNDER_18'],
    ['017Y', '', 'UNDER_18'],
    ['', '2012-01-01', 'UNDER_18'],
    ['', '2012.01.01', 'UNDER_18'],
    ['', '2012/01/01', 'UNDER_18'],
    ['', '20120101', 'UNDER_18'],
    ['', '2012', 'UNDER_18'],
    ['190M', '', 'UNDER_18'],
    ['0190M', '', 'UNDER_18'],
    ['030W', '', 'UNDER_18'],
    ['100D', '', 'UNDER_18'],
    ['000Y', '', 'UNDER_18'],
    ['800M', '', '65-69'],
    ['72Y', '', '70-74'],
    ['60', '', '60-64'],
    ['060 Y', '', '60-64'],
    ['018Y', '', '18-49'],
    ['', '1960-06-01', '60-64'],
    // Born in 1960, a person is 64 or 65 in the year 2025: bands of their own.
    ['', '1960', 'none'],
    ['', '1962', '60-64'],
    // Contradictions: no age, and so no vote, and no refusal either.
    ['000Y', '19600101', 'none'],
    ['012Y', '19600101', 'none'],
    ['072Y', '20200101', 'none'],
    // Two ages of an adult: that of the film.
    ['067Y', '19900101', '65-69'],
    // A year apart, ages agree: a child by either is a child.
    ['018Y', '20071231', 'UNDER_18'],
    ['017Y', '20070101', 'UNDER_18'],
    ['999Y', '', 'none'],
    ['unknown', '', 'none'],
    ['Y', '', 'none'],
    ['', '30000101', 'none'],
  ]
  for (const [age, birthDate, expected] of cases)
    test(`age '${age}', born '${birthDate}': ${expected}`, () =>
      assert.equal(bandOf(age, birthDate), expected))
})
