import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { majorVersionOf } from '../../src/contracts/image-event.ts'
import { topics } from '../../src/contracts/topics.ts'

describe('the major version of an event', () => {
  test('every type of ours is of version 1', () => {
    for (const { eventType } of topics) assert.equal(majorVersionOf(eventType), 1, eventType)
  })

  test('a later version of ours is told, whatever its number of digits', () => {
    assert.equal(majorVersionOf('org.osteostream.image.v2'), 2)
    assert.equal(majorVersionOf('org.osteostream.reference-test.v12'), 12)
  })

  test('what is not ours has none', () => {
    for (const type of [
      undefined,
      '',
      'image.v2',
      'org.osteostream.image',
      'org.osteostream.image.v',
      'org.osteostream.image.v2x',
      'com.example.image.v2',
      'org.osteostream.image.v1.v2',
    ])
      assert.equal(majorVersionOf(type), undefined, type)
  })
})
