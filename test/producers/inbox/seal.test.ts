import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSeal, openSealed, sealed, sealedExtraBytes } from '../../../src/producers/inbox/seal.ts'

const key = Buffer.alloc(32, 1)
const content = Buffer.from('Secret^Name and pixels'.repeat(100))

test('what is sealed in pieces opens whole, and shows nothing of its content', () => {
  const seal = createSeal(key, 'a.film')
  const pieces = [content.subarray(0, 10), content.subarray(10)].map((piece) => seal.piece(piece))
  const file = Buffer.concat([seal.head, ...pieces, seal.end()])
  assert.equal(file.length, content.length + sealedExtraBytes)
  assert.ok(!file.includes('Secret'))
  assert.deepEqual(openSealed(key, 'a.film', file), content)
})

test('the same content is sealed differently each time', () => {
  assert.notDeepEqual(sealed(key, 'a.film', content), sealed(key, 'a.film', content))
})

test('it opens under no other key or name, cut off nowhere and changed nowhere', () => {
  const file = Buffer.from(sealed(key, 'a.film', content))
  assert.equal(openSealed(Buffer.alloc(32, 2), 'a.film', file), undefined)
  assert.equal(openSealed(key, 'b.film', file), undefined)
  for (const length of [0, 3, sealedExtraBytes - 1, sealedExtraBytes, file.length - 1])
    assert.equal(openSealed(key, 'a.film', file.subarray(0, length)), undefined, `${length} bytes`)
  for (const at of [0, 10, 100, file.length - 1]) {
    const changed = Buffer.from(file)
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.equal(openSealed(key, 'a.film', changed), undefined, `byte ${at}`)
  }
})
