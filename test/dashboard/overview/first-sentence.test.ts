import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  caption,
  firstSentence,
  type OverviewFacts,
  type SaidChange,
} from '../../../src/dashboard/overview/first-sentence.ts'

const share = (estimate: number, low: number, high: number) =>
  ({ kind: 'answer', estimate, low, high }) as const
const none = (detail: string) => ({ kind: 'no-answer', reason: 'x', detail }) as const
const corrected = {
  ...share(0.179, 0.164, 0.195),
  limitedBy: 'more films would help',
  validationPeople: 500,
  validationSites: 8,
  warnings: [],
}
const month = {
  name: 'Oct 26',
  provisional: false,
  share: share(0.161, 0.15, 0.17),
  corrected,
  people: 7035,
}
const calm: OverviewFacts = {
  domain: 'real',
  month,
  hiddenRegions: 0,
  regions: 4,
  monitor: { kind: 'reported', changes: [], smallestSeen: 'a change of 2.1 points would have been seen' },
  ledger: { balanced: true, lost: 0, stale: false },
  openAlarms: { critical: 0, others: 0 },
  openChanges: 0,
}
const change = (
  where: string,
  verdict: SaidChange['verdict'],
  direction: SaidChange['direction'] = 'rose',
) => ({
  where,
  verdict,
  direction,
})
const reported = (...changes: readonly SaidChange[]): Partial<OverviewFacts> => ({
  monitor: { kind: 'reported', changes },
})

/** What is known, what the sentence must say, and what it must not. */
const situations: readonly (readonly [
  string,
  Partial<OverviewFacts>,
  readonly RegExp[],
  readonly RegExp[],
])[] = [
  [
    'all is calm',
    {},
    [
      /an estimated 17\.9\s% \(16\.4 to 19\.5\s%\) of 7,035 people filmed here in the osteoporosis range/,
      /No change was found; a change of 2\.1 points would have been seen/,
      /Nothing needs you now/,
    ],
    [/holds/, /residents/, /no drift/, /raw/i],
  ],
  ['people are simulated', { domain: 'synthetic' }, [/7,035 simulated people/], []],
  [
    'nothing came yet',
    { month: undefined },
    [/No month has enough people for a figure yet/],
    [/estimated/, /osteoporosis/],
  ],
  [
    'few people',
    { month: { ...month, people: 84, corrected: none('84 people, 100 needed') } },
    [/the model calls 16\.1\s%/, /Raw: no corrected figure \(84 people, 100 needed\)/],
    [/estimated/],
  ],
  [
    'no card',
    {
      month: {
        ...month,
        corrected: none('the model that read these people has no card of exactly its digests'),
      },
    },
    [/Raw: no corrected figure \(the model that read these people has no card/],
    [/estimated/],
  ],
  [
    'a synthetic card at a real site',
    { month: { ...month, corrected: none('a synthetic card corrects no real people') } },
    [/Raw: no corrected figure \(a synthetic card/],
    [/estimated/],
  ],
  [
    'a month that is hidden',
    {
      month: {
        ...month,
        share: none('hidden: fewer than 10 people, or another hidden number would follow from it'),
      },
    },
    [/Oct 26: no figure can be shown \(hidden: fewer than 10 people\)/],
    [/17\.9/, /16\.1/],
  ],
  [
    'a provisional month',
    { month: { ...month, provisional: true } },
    [/Oct 26, still provisional: an estimated/],
    [],
  ],
  [
    'the monitor has not judged',
    { monitor: { kind: 'silent' } },
    [/Whether it changed has not been tested/],
    [/No change/],
  ],
  [
    'the monitor is silent for 26 hours',
    { monitor: { kind: 'old', hours: 26 } },
    [/the monitor has been silent for 26 hours/],
    [/No change/, /live/],
  ],
  [
    'how small a change would have been seen is not known',
    reported(),
    [/No change was found; how small a one would have been seen is not known/],
    [],
  ],
  [
    'images changed in one region',
    reported(change('North', 'imaging')),
    [
      /North: the images changed, and whether bone density changed cannot be told; the figure still counts it/,
    ],
    [/North rose/, /No change/],
  ],
  [
    'images changed in two regions',
    reported(change('North', 'imaging'), change('West', 'imaging', 'fell')),
    [/North and West: the images changed.*still counts them/],
    [/rose/, /fell/, /opposite/],
  ],
  [
    'films are read differently',
    reported(change('South', 'pipeline')),
    [/South: films are read differently than before; the figure still counts it/],
    [/rose/],
  ],
  [
    'a rise that may be people',
    reported(change('East', 'population-compatible')),
    [/East rose; it may be the people; the cause is not proven/],
    [/residents/, /proven rise/],
  ],
  [
    'a fall without a cause',
    reported(change('East', 'undetermined', 'fell')),
    [/East fell; the cause is not known/],
    [/people;/],
  ],
  [
    'regions that cancel',
    reported(change('East', 'undetermined'), change('West', 'undetermined', 'fell')),
    [/opposite directions/],
    [/No change/, /holds/],
  ],
  [
    'imaging and people at once',
    reported(change('North', 'imaging'), change('East', 'population-compatible')),
    [/North: the images changed/, /East rose/],
    [/opposite/],
  ],
  [
    'something moved and the share did not',
    reported(change('East', 'undetermined', 'unseen'), change('West', 'undetermined', 'fell')),
    [/East: something moved, and no change of the share was seen/, /West fell/],
    [/East (rose|fell)/, /opposite/, /No change was found/],
  ],
  [
    'a change stands in the list below',
    { ...reported(change('North', 'imaging')), openChanges: 1 },
    [/1 change to look at/],
    [/Nothing needs you/],
  ],
  ['a region that cannot be judged', { hiddenRegions: 1 }, [/1 region cannot be judged/], []],
  ['two regions that cannot be judged', { hiddenRegions: 2 }, [/2 regions cannot be judged/], []],
  [
    'the ledger cannot be read',
    { ledger: undefined },
    [/The ledger cannot be read now: nothing is vouched for/],
    [/Nothing needs you/],
  ],
  [
    'the ledger is stale',
    { ledger: { balanced: true, lost: 0, stale: true } },
    [/nothing is vouched for/],
    [/Nothing needs you/],
  ],
  [
    'a film is lost',
    { ledger: { balanced: false, lost: 1, stale: false } },
    [/1 film lost: act now/],
    [/Nothing needs you/],
  ],
  ['films are lost', { ledger: { balanced: false, lost: 12, stale: false } }, [/12 films lost: act now/], []],
  [
    'the ledger does not balance',
    { ledger: { balanced: false, lost: 0, stale: false } },
    [/does not balance: act now/],
    [],
  ],
  [
    'a critical alarm',
    { openAlarms: { critical: 1, others: 3 } },
    [/1 critical alarm to look at/],
    [/Nothing needs you/],
  ],
  ['alarms', { openAlarms: { critical: 0, others: 2 } }, [/2 alarms to look at/], [/Nothing needs you/]],
]

describe('the first sentence', () => {
  for (const [name, facts, says, never] of situations)
    test(name, () => {
      const sentence = firstSentence({ ...calm, ...facts })
      for (const pattern of says) assert.match(sentence, pattern)
      for (const pattern of never) assert.doesNotMatch(sentence, pattern)
    })

  test('no combination promises more than is known', () => {
    for (const [, facts] of situations)
      for (const [, more] of situations) {
        const all = { ...calm, ...facts, ...more }
        const sentence = firstSentence(all)
        assert.doesNotMatch(sentence, /undefined|NaN|no drift|performs as validated|\bholds\b|residents/)
        if (all.month?.corrected.kind !== 'answer') assert.doesNotMatch(sentence, /estimated/)
        if (all.monitor.kind !== 'reported' || all.monitor.changes.length > 0)
          assert.doesNotMatch(sentence, /No change was found/)
        if (all.ledger === undefined || all.ledger.lost > 0)
          assert.doesNotMatch(sentence, /Nothing needs you/)
      }
  })

  test('the caption says who is meant and what is assumed', () => {
    const { month: _month, ...rest } = calm
    assert.match(
      caption(calm),
      /not residents, not diagnoses.*Assumes clinics image like the validation sites/,
    )
    assert.match(
      caption({ ...rest, month: { ...month, bounds: { low: 0.172, high: 0.211 } } }),
      /17\.2 to 21\.1/,
    )
    assert.match(caption({ ...calm, domain: 'synthetic' }), /All people are simulated/)
    assert.match(caption({ ...calm, month: undefined }), /Not corrected/)
  })
})
