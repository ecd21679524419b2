import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BookedArrival } from '../../src/analytics/stores/booking-reader.ts'
import { createVerdictQueue, type SentReport } from '../../src/cli/await-verdicts.ts'

const sent = (arrivalId: string): SentReport => ({
  kind: 'sent',
  path: `${arrivalId}.dcm`,
  answer: {
    kind: 'published',
    arrivalId,
    eventId: 'e',
    receivedAt: '2026-03-01T10:00:00.000Z',
    refusal: undefined,
    image: undefined,
  },
})

const booked = (arrivalId: string): BookedArrival => ({
  arrivalId,
  booking: 'finding',
  kind: 'finding',
  reason: '',
  code: '',
  hips: ['left normal'],
})

test('however many films wait, the tables are asked once a poll, and only for those without a verdict', async () => {
  const asked: number[] = []
  const told: string[] = []
  const ready = new Set(['film-0', 'film-7'])
  let clock = 0
  const queue = createVerdictQueue({
    read: async (ids) => {
      asked.push(ids.length)
      return ids.filter((id) => ready.has(id)).map(booked)
    },
    tell: (report, verdict) => void told.push(`${report.path} ${verdict?.kind ?? 'none'}`),
    limitMs: 1000,
    nowMs: () => clock,
  })
  await queue.poll()
  for (let film = 0; film < 5000; film += 1) queue.add(sent(`film-${film}`))
  await queue.poll()
  ready.add('film-9')
  await queue.poll()
  assert.deepEqual(asked, [5000, 4998])
  assert.deepEqual(told, ['film-0.dcm finding', 'film-7.dcm finding', 'film-9.dcm finding'])
  clock = 1000
  await queue.poll()
  assert.equal(queue.waiting(), 0)
  assert.equal(told.filter((line) => line.endsWith('none')).length, 4997)
})
