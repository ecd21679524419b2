import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modelDigestOf } from '../../src/analytics/stores/finding-columns.ts'
import type { BaselineCard } from '../../src/contracts/baseline-card.ts'
import { figuresOf } from '../../src/monitor/figures/window-figures.ts'
import { createHistoryDrawer } from '../../src/simulation/history/draw-history.ts'
import { planHistory } from '../../src/simulation/history/history-plan.ts'
import { readLibrary } from '../../src/simulation/history/reading-library.ts'
import { countDrawn } from './history-counts.ts'
import { card, everybody } from './window-counts.ts'

/** Seeds that nobody tuned on. */
const seeds = [71, 72]
const window = { kind: 'month', start: '2026-06-01' } as const

const flattened = (found: BaselineCard): BaselineCard => {
  const { severity } = found
  if (severity.kind !== 'card' || severity.response.kind !== 'location-scale')
    throw new Error('the shipped card answers along a line')
  const { line } = severity.response
  const response = { ...severity.response, line: { ...line, slope: 0.6 * line.slope } }
  return { ...found, severity: { ...severity, response } }
}

test('the card of the readers comes within 2 points of the truth of a history, and one with its slope × .6 misses it', async () => {
  const library = await readLibrary()
  const { edges } = card.scores
  const readers = { modelDigest: modelDigestOf(card.model), finderDigest: card.finder.digest }
  for (const seed of seeds) {
    const draw = createHistoryDrawer({ plan: planHistory({ seed, until: '2026-12-02' }), library })
    const people = [0, 1].flatMap(draw)
    const voting = people.filter(({ reading: { outcome } }) => outcome.kind === 'finding' && outcome.eligible)
    const truth = voting.filter((person) => person.truth === 'osteoporosis').length / voting.length
    const counts = countDrawn(people, card.severity.kind === 'card' ? card.severity.edges : edges, {
      scope: everybody,
      window,
    })
    const correctedBy = (by: BaselineCard) => {
      const { corrected, label } = figuresOf(counts, [{ ...readers, card: by }], seed)
      assert.match(label, /^history: /)
      if (corrected.kind === 'no-answer') return assert.fail(corrected.detail)
      assert.equal(corrected.method, 'severity-aware')
      return corrected.classes.osteoporosis
    }
    const right = correctedBy(card)
    // The limits know nothing of how few films the readings come from, so the truth may lie just outside of them.
    assert.ok(Math.abs(right.estimate - truth) < 0.02, JSON.stringify({ seed, truth, right }))
    const wrong = correctedBy(flattened(card))
    assert.ok(wrong.high < truth || truth < wrong.low, JSON.stringify({ seed, truth, wrong }))
  }
})
