import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeBooking } from '../../../src/cli/show/show-booking.ts'

const finding = (...hips: readonly string[]): string =>
  describeBooking(
    { arrivalId: 'a', booking: 'finding', kind: 'finding', reason: '', code: '', hips: [...hips] },
    undefined,
  )

test('a hip that was read has its class; one without says why, that it is no finding, and asks for no exposure', () => {
  const text = finding('left osteopenia', 'right no class (FRACTURE_IN_HIP, SIDE_IN_DOUBT)')
  assert.match(text, /^finding: left osteopenia \| right no class: something in or over it kept/)
  assert.match(text, /what it is was not judged, it is in doubt which side it is of; /)
  assert.match(text, /neither a result nor a finding: report the film as usual; do not repeat the exposure/)
})

test('no person is told of a fracture, an implant or metal that nobody has diagnosed', () => {
  for (const warning of ['FRACTURE_IN_HIP', 'IMPLANT_IN_HIP', 'METAL_NEAR_HIP', 'CEMENT_IN_HIP'])
    assert.doesNotMatch(finding(`left no class (${warning})`), /fractur|implant|metal|cement/i)
})

test('a refusal says its reason and what the gate saw', () => {
  const booked = {
    arrivalId: 'a',
    booking: 'conflict' as const,
    kind: 'rejected' as const,
    reason: 'DIMENSIONS_MISMATCH',
    code: '',
    hips: [],
  }
  assert.match(
    describeBooking(booked, '2 x 3 pixels in 4 bytes'),
    /^conflict \(rejected DIMENSIONS_MISMATCH: not read: .*do not repeat .*\(2 x 3 pixels in 4 bytes\)\)$/,
  )
})
