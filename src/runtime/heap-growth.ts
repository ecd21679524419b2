import { setFlagsFromString } from 'node:v8'

/** How much larger than after its last full collection a heap may become before the next one, in percent. */
const growthPercent = 200

/**
 * Lets the heaps of this process, those of its threads included, grow to three times what is alive in them. V8 counts
 * films, which lie outside of a heap, as its growth: a heap of 25 MB is then collected for every dozen films that pass
 * through, which takes longer than to bring them.
 */
export const letHeapGrow = (): void => setFlagsFromString(`--heap-growing-percent=${growthPercent}`)
