import assert from 'node:assert/strict'
import { test } from 'node:test'
import { announcementSchema } from '../../src/contracts/announcement.ts'
import { announcementsTopic } from '../../src/contracts/topics.ts'
import { createAnnounceChange } from '../../src/operations/announce-change.ts'

const draft = {
  siteId: 'lisbon-1',
  change: 'detector',
  from: '2026-05-03',
  text: 'new detector in room 2',
  who: 'chief radiographer',
} as const

test('an announcement is sent for a clinic that is known and in the words of the contract, and else not at all', async () => {
  const sent: { topic: string; value: unknown }[] = []
  const announceChange = createAnnounceChange({
    publisher: {
      publish: async ({ name }, { value }) => {
        sent.push({ topic: name, value: JSON.parse(Buffer.from(value ?? new Uint8Array(0)).toString()) })
        return { topic: name, partition: 0, offset: '0' }
      },
    },
    isKnown: async (siteId) => siteId === 'lisbon-1',
    now: () => new Date('2026-04-20T08:00:00.000Z'),
  })
  const told = await announceChange(draft)
  assert.equal(told.kind, 'ok')
  assert.deepEqual(
    sent.map(({ topic }) => topic),
    [announcementsTopic.name],
  )
  const { announcementId: _id, at, ...said } = announcementSchema.parse(sent[0]?.value)
  assert.deepEqual([said, at], [draft, '2026-04-20T08:00:00.000Z'])
  const codeOf = async (more: Partial<typeof draft> | { from: string } | { siteId: string }) => {
    const outcome = await announceChange({ ...draft, ...more })
    return outcome.kind === 'failed' && outcome.code
  }
  assert.equal(await codeOf({ siteId: 'porto-9' }), 'NO_SUCH_CLINIC')
  assert.equal(await codeOf({ from: '3 May' }), 'NOT_AN_ANNOUNCEMENT')
  assert.equal(sent.length, 1)
})
