import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { verdictSchema } from '../../src/contracts/verdict.ts'
import { createAcceptGap, type Gap } from '../../src/operations/accept-gap.ts'

const gap: Gap = {
  topic: 'hip.images.v1',
  partition: 3,
  groupId: 'screening',
  expected: 5n,
  first: 9n,
  end: 12n,
}

/** An acceptance over fake ports that notes, in order, what it does. */
const accepting = (answered: readonly bigint[] = []) => {
  const done: string[] = []
  const accept = createAcceptGap({
    answered: async () => new Set(answered),
    receivedBefore: async () => new Date('2026-03-10T09:15:00.000Z'),
    publishVerdicts: async (verdicts) => {
      for (const verdict of verdicts) done.push(verdictSchema.parse(verdict).image.offset)
    },
    publishCommand: async (command) => {
      done.push(command.kind === 'acceptGap' ? `${command.from}-${command.to} ${command.who}` : command.kind)
    },
    letGoOn: async ({ first }) => void done.push(`go on at ${first}`),
    now: () => new Date('2026-03-11T00:00:00.000Z'),
  })
  return { done, accept: (of = gap) => accept(of, { who: 'operator', why: 'retention' }) }
}

describe('a gap that is accepted', () => {
  test('each record is booked, then the command, and only then the group goes on', async () => {
    const { done, accept } = accepting()
    assert.deepEqual(await accept(), { kind: 'ok', value: { booked: 4, answered: 0 } })
    assert.deepEqual(done, ['5', '6', '7', '8', '5-9 operator', 'go on at 9'])
  })

  test('a record that had its verdict keeps it', async () => {
    const { done, accept } = accepting([6n])
    assert.deepEqual(await accept(), { kind: 'ok', value: { booked: 3, answered: 1 } })
    assert.ok(!done.includes('6'))
  })

  test('a topic that was made anew is refused: its positions are used again', async () => {
    const { done, accept } = accepting()
    assert.equal((await accept({ ...gap, expected: 13n, first: 0n })).kind, 'failed')
    assert.deepEqual(done, [])
  })
})
