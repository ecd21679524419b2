/** Bounds what is held in memory at once, by bytes. */
export type ByteBudget = {
  /** Resolves when the bytes fit; a single larger item passes when nothing else is held. */
  readonly acquire: (bytes: number) => Promise<void>
  readonly release: (bytes: number) => void
  readonly held: () => number
  /** Lets all in who wait, room or not: for when nothing of theirs will be worked on, and they must not wait for it. */
  readonly dismiss: () => void
}

/** Who may enter a budget, and what is told of it. */
export type BudgetGate = {
  readonly mayEnter: (bytes: number, heldBytes: number) => boolean
  readonly entered?: () => void
  readonly left?: () => void
}

/** Creates a first-come-first-served budget behind a gate; `admit` asks the gate again. */
export const createGatedBudget = (gate: BudgetGate): ByteBudget & { readonly admit: () => void } => {
  const waiting: { bytes: number; enter: () => void }[] = []
  let held = 0
  const letIn = (isLet: (bytes: number) => boolean): void => {
    for (let next = waiting[0]; next !== undefined && isLet(next.bytes); next = waiting[0]) {
      waiting.shift()
      held += next.bytes
      gate.entered?.()
      next.enter()
    }
  }
  const admit = (): void => letIn((bytes) => gate.mayEnter(bytes, held))
  return {
    acquire: (bytes) =>
      new Promise((resolve) => {
        waiting.push({ bytes, enter: resolve })
        admit()
      }),
    release: (bytes) => {
      held -= bytes
      gate.left?.()
      admit()
    },
    held: () => held,
    dismiss: () => letIn(() => true),
    admit,
  }
}

/** Whether an item fits below a limit of bytes. */
export const fitsBelow =
  (limit: number): BudgetGate['mayEnter'] =>
  (bytes, heldBytes) =>
    heldBytes === 0 || heldBytes + bytes <= limit

/** Creates a first-come-first-served budget of `limit` bytes. */
export const createByteBudget = (limit: number): ByteBudget =>
  createGatedBudget({ mayEnter: fitsBelow(limit) })
