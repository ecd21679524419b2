import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createLaneBudgets } from '../../src/runtime/lane-budgets.ts'

/** Two lanes over three slots, with what has entered in order. */
const open = (yieldingShare: number, limitBytes = 400) => {
  const { leading, yielding } = createLaneBudgets({ limitBytes, slots: 3, yieldingShare })
  const entered: string[] = []
  const enter = (lane: 'leading' | 'yielding', id: string, bytes = 10): void =>
    void (lane === 'leading' ? leading : yielding).acquire(bytes).then(() => entered.push(id))
  return { leading, yielding, entered, enter }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('budgets of two lanes', () => {
  test('the yielding lane takes the slots that the leading one leaves free, and no more', async () => {
    const { entered, enter, leading } = open(0)
    enter('leading', 'l1')
    for (const id of ['y1', 'y2', 'y3']) enter('yielding', id)
    await settled()
    assert.deepEqual(entered, ['l1', 'y1', 'y2'])
    leading.release(10)
    await settled()
    assert.deepEqual(entered, ['l1', 'y1', 'y2', 'y3'])
  })

  test('the leading lane enters at once, however full the other is', async () => {
    const { entered, enter } = open(0)
    for (const id of ['y1', 'y2', 'y3', 'y4']) enter('yielding', id)
    for (const id of ['l1', 'l2', 'l3', 'l4']) enter('leading', id)
    await settled()
    assert.deepEqual(entered, ['y1', 'y2', 'y3', 'l1', 'l2', 'l3', 'l4'])
  })

  test('where the leading lane leaves nothing, it gives up its share and no more', async () => {
    const { entered, enter, leading } = open(0.2)
    const lead = async (id: string): Promise<void> => {
      enter('leading', id)
      await settled()
    }
    for (const id of ['l1', 'l2', 'l3', 'l4']) await lead(id)
    for (let index = 0; index < 100; index += 1) enter('yielding', `y${index}`)
    // There are always four of the leading lane in work, over three slots.
    for (let done = 0; done < 40; done += 1) {
      await lead(`m${done}`)
      leading.release(10)
      await settled()
    }
    assert.equal(entered.filter((id) => id.startsWith('y')).length, 3, 'as many as there are slots')
    assert.deepEqual(
      entered
        .filter((id) => /^[ym]/.test(id))
        .slice(0, 12)
        .filter((id) => id.startsWith('y')).length,
      2,
      'one for each four of the leading lane',
    )
  })

  test('the yielding lane has a quarter of the bytes, the leading one the rest', async () => {
    const { entered, enter, leading, yielding } = open(0)
    enter('yielding', 'y1', 60)
    enter('yielding', 'y2', 60)
    enter('leading', 'l1', 200)
    enter('leading', 'l2', 200)
    await settled()
    assert.deepEqual(entered, ['y1', 'l1'])
    assert.deepEqual([leading.held(), yielding.held()], [200, 60])
  })

  test('what is dismissed waits no longer, and counts until it is released', async () => {
    const { entered, enter, yielding } = open(0)
    for (const id of ['y1', 'y2', 'y3', 'y4', 'y5']) enter('yielding', id)
    await settled()
    yielding.dismiss()
    await settled()
    assert.equal(entered.length, 5)
    for (let index = 0; index < 5; index += 1) yielding.release(10)
    assert.equal(yielding.held(), 0)
  })
})
