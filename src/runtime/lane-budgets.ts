import { type ByteBudget, createGatedBudget, fitsBelow } from './byte-budget.ts'

export type LaneBudgetOptions = {
  /** Bytes that both lanes hold at most; the yielding lane has a quarter of them for itself. */
  readonly limitBytes: number
  /** Items that are worked on at once: the yielding lane enters where the leading one leaves some of them free. */
  readonly slots: number
  /** Of the items that enter while none is free, the share that the yielding lane has at most; 0 to 1. */
  readonly yieldingShare: number
}

/** Two budgets over the same workers: one for work that must not wait, one for work that yields to it. */
export type LaneBudgets = { readonly leading: ByteBudget; readonly yielding: ByteBudget }

/**
 * Creates the budgets of two lanes. The yielding lane holds no more items than there are slots, so whatever comes on the
 * leading lane waits for what is in work and for nothing that waits. Where the leading lane leaves no slot free, it
 * gives up one item in so many, so that the other lane never stands still; a leading lane with a long queue makes that
 * less, as the items that it gave up stand in that queue.
 */
export const createLaneBudgets = (options: LaneBudgetOptions): LaneBudgets => {
  const { limitBytes, slots, yieldingShare } = options
  const earned = yieldingShare / (1 - yieldingShare)
  const yieldingBytes = Math.floor(limitBytes / 4)
  const fits = fitsBelow(yieldingBytes)
  const inWork = { leading: 0, yielding: 0 }
  /** What the yielding lane has earned of one item, by items of the leading lane that are done. */
  let credit = 0
  const isFree = (): boolean => inWork.leading + inWork.yielding < slots
  const yielding = createGatedBudget({
    mayEnter: (bytes, held) => fits(bytes, held) && (isFree() || (credit >= 1 && inWork.yielding < slots)),
    entered: () => {
      if (!isFree()) credit = Math.max(0, credit - 1)
      inWork.yielding += 1
    },
    left: () => {
      inWork.yielding -= 1
    },
  })
  const leading = createGatedBudget({
    mayEnter: fitsBelow(limitBytes - yieldingBytes),
    entered: () => {
      inWork.leading += 1
    },
    left: () => {
      inWork.leading -= 1
      credit = Math.min(1, credit + earned)
      yielding.admit()
    },
  })
  return { leading, yielding }
}
