import type { Landmarks } from '../../src/contracts/verdict.ts'

/** Landmarks as the crop of a sound hip shows them, and how sure the network is of them. */
export const femurOf = (confidence: number, ofShaft = confidence): Landmarks => ({
  head: { x: 0.3, y: 0.25, confidence },
  headRadius: 0.17,
  neck: { x: 0.44, y: 0.37, confidence },
  greaterTrochanter: { x: 0.66, y: 0.37, confidence },
  lesserTrochanter: { x: 0.44, y: 0.69, confidence },
  shaft: { x: 0.52, y: 0.9, confidence: ofShaft },
})
