import type { Random } from '../maths/random.ts'

/** A fitted window: bin shares the model predicts, and the hidden shares (T cells, or classes) behind them. */
export type DriftFit = { readonly fitted: Float64Array; readonly hidden: Float64Array }

/**
 * What drift attribution needs of a card: it fits a window with the population left free, knows how unsure its own
 * bins are, and can be redrawn as another card of the same size would have come out.
 */
export type DriftModel = {
  readonly kind: 'severity' | 'class'
  readonly bins: number
  /** The card's own people by score bin. */
  readonly reference: Float64Array
  readonly referencePeople: number
  /** Fits window counts (whole or not), the population being free. */
  readonly fit: (counts: ArrayLike<number>) => DriftFit
  /** Sampling variance V_b of the predicted share of each bin that comes from the card alone. */
  readonly varianceOf: (hidden: Float64Array) => Float64Array
  /** Fits a window with a redrawn card. */
  readonly redraw: (random: Random) => DriftModel['fit']
  /** Mean and variance of the attribution statistic for a window of this many people when only the population moved. */
  readonly momentsAt: (people: number) => { readonly mean: number; readonly variance: number }
}
