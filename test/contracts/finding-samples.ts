/** A digest of one digit. */
export const hex = (digit: string): string => digit.repeat(64)

/** What read it. */
export const model = {
  name: 'vit-tiny',
  version: '1.0.0',
  weightsDigest: hex('1'),
  preprocessingDigest: hex('2'),
  thresholdsDigest: hex('3'),
}

/** A hip that one model has read. */
export const hip = (side: string) => ({
  side,
  box: [120, 340.5, 512, 512],
  regionScore: 0.97,
  warnings: ['METAL_NEAR_HIP'],
  eligible: true,
  readings: [
    {
      model,
      primary: true,
      probabilities: { normal: 0.1, osteopenia: 0.6, osteoporosis: 0.3 },
      densityClass: 'osteopenia',
      severity: -1.75,
      tScore: -1.75,
      embedding: Array.from({ length: 16 }, (_, index) => index / 16),
    },
  ],
  disagreement: 0,
})

const landmark = (x: number, y: number) => ({ x, y, confidence: 0.93 })
/** Of a left hip. */
export const landmarks = {
  head: landmark(270.5, 468),
  headRadius: 84.5,
  neck: landmark(345, 530),
  greaterTrochanter: landmark(458, 530),
  lesserTrochanter: landmark(345, 694),
  shaft: landmark(386, 801),
}
/** A finding whose hip has landmarks. */
export const withLandmarks = (placed: object) => ({
  ...finding,
  hips: [{ ...hip('left'), landmarks: placed }],
})

/** A finding on two hips. */
export const finding = {
  kind: 'finding',
  pixelHash: hex('e'),
  hips: [hip('left'), hip('unknown')],
  warnings: [],
  statistics: { softTissueLevel: 0.4, backgroundLevel: 0.02, noise: 0.01, entropy: 7.1, exposedShare: 0.8 },
  finder: { name: 'hip-finder', version: '1.0.0', digest: hex('9') },
  provider: 'cpu',
  runtimeVersion: '1.30.0',
}
