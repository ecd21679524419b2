import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deadLetterCodes, filmWarnings, rejectionReasons } from '../../src/contracts/reasons.ts'
import {
  hipWithoutClassText,
  refusalLanguages,
  refusalText,
  refusalTexts,
} from '../../src/contracts/refusal-texts.ts'

describe('reasons and codes', () => {
  test('a person is told of each refusal that it is no finding, that nothing is repeated, and why', () => {
    const refusals = [...rejectionReasons, ...deadLetterCodes]
    for (const language of refusalLanguages) {
      const { texts, noResult, noRepeat } = refusalTexts[language]
      assert.deepEqual(Object.keys(texts).toSorted(), refusals.toSorted())
      for (const refusal of refusals) {
        const text = refusalText(refusal, language)
        assert.ok(text.includes(noResult) && text.includes(noRepeat), refusal)
        assert.match(texts[refusal].why, /^[a-z].{10,}[^.;]$/)
      }
      const reasons = rejectionReasons.map((reason) => refusalText(reason, language))
      assert.equal(new Set(reasons).size, reasons.length, 'each says something of its own')
    }
    assert.match(refusalText('CUT_OFF'), /neither a result nor a finding: report the film as usual/)
    assert.match(refusalText('POOR_EXPOSURE'), /do not repeat the exposure for us/)
  })

  test('no refusal names a disease, an injury or an implant as if it had been seen', () => {
    for (const refusal of [...rejectionReasons, ...deadLetterCodes])
      assert.doesNotMatch(
        refusalText(refusal),
        /fractur|implant|prosthe|cement|metal|osteop|lesion|tumou?r|arthr|broken|disease/i,
      )
  })

  test('so is each hip without a class', () => {
    for (const language of refusalLanguages) {
      const { hips, noResult, noRepeat } = refusalTexts[language]
      assert.deepEqual(Object.keys(hips).toSorted(), filmWarnings.toSorted())
      for (const warning of filmWarnings) {
        const text = hipWithoutClassText([warning], language)
        assert.ok(text.includes(noResult) && text.includes(noRepeat), warning)
        assert.doesNotMatch(text, /fractur|implant|prosthe|cement|metal|osteop/i)
      }
    }
  })

  test('no word is both a reason and a code, and none stands twice', () => {
    const refusals = [...rejectionReasons, ...deadLetterCodes]
    assert.equal(new Set(refusals).size, refusals.length)
    assert.equal(new Set(filmWarnings).size, filmWarnings.length)
    for (const name of [...refusals, ...filmWarnings]) assert.match(name, /^[A-Z0-9]+(_[A-Z0-9]+)*$/)
  })
})
