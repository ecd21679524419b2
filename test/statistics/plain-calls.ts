/** Calls of public functions that need nothing made beforehand: name and arguments that fit. */
export const plainCalls: Readonly<Record<string, readonly unknown[]>> = {
  wilson: [{ successes: 3, trials: 9, level: 0.9 }],
  windowLimits: [
    { reference: { successes: 20, trials: 90 }, live: { successes: 8, trials: 30 }, level: 0.95 },
  ],
  createRandom: [7],
  cusum: [[1, 2, 3], { k: 0.5, h: 4 }],
  cusumRunLength: [{ k: 0.5, h: 4, shift: 0 }],
  cusumThreshold: [400, 0.5],
  ewma: [[1, 2, 3], { lambda: 0.2, limit: 3 }],
  ewmaRunLength: [{ lambda: 0.2, limit: 2.9, shift: 0 }],
  deviateOf: [0.95],
  edgesFromReference: [[1, 2, 3, 4], [2.5], 4],
  mergeSmallStrata: [[{ weight: 1, counts: [20, 30] }]],
  normalInterval: [0.2, 0.1, 0.95],
  percentileInterval: [[1, 2, 3], 0.95],
  personFolds: [['a', 'b'], 5, 1],
  projectOntoSimplex: [[0.2, 0.9]],
  referenceValue: [0.05, 0.02],
  softmaxAt: [[1, 2], 1.5],
}
