import type { SeverityCard } from '../severity/severity-card.ts'
import { fitSeverity, predictBins } from '../severity/severity-mixture.ts'
import { redrawCard, startOf } from '../severity/severity-redraw.ts'
import { type ResponseTable, responseOf } from '../severity/severity-response.ts'
import { type CardSpread, cardErrorOf } from '../severity/severity-uncertainty.ts'
import type { DriftModel } from './drift-model.ts'

const fitWith =
  (table: ResponseTable, start: Float64Array): DriftModel['fit'] =>
  (counts) => {
    const { fitted, severity } = fitSeverity(table, counts, start)
    return { fitted, hidden: severity }
  }

/** Central differences of the fit around the card's own bin shares: how much of a bin's error the fit absorbs. */
const absorption = (fit: DriftModel['fit'], shares: Float64Array): Float64Array[] => {
  const bins = shares.length
  return Array.from({ length: bins }, (_, b) => {
    const step = 0.02 * Math.max(shares[b] ?? 0, 1e-9)
    const up = shares.slice()
    const down = shares.slice()
    up[b] = (up[b] ?? 0) + step
    down[b] = Math.max(0, (down[b] ?? 0) - step)
    const width = (up[b] ?? 0) - (down[b] ?? 0)
    const high = fit(up).fitted
    const low = fit(down).fitted
    return Float64Array.from({ length: bins }, (_unused, i) => ((high[i] ?? 0) - (low[i] ?? 0)) / width)
  })
}

type Moments = { readonly mean: number; readonly variance: number }

/** (I − J) C (I − J)ᵀ for a symmetric C given as a sum of outer products (`directions`) plus a diagonal. */
const carryError = (
  columns: readonly Float64Array[],
  diagonal: Float64Array,
  directions: readonly { readonly along: Float64Array; readonly sign: number }[],
): Float64Array => {
  const bins = diagonal.length
  const left = (i: number, j: number): number => (i === j ? 1 : 0) - (columns[j]?.[i] ?? 0)
  const carried = directions.map(({ along, sign }) => ({
    sign,
    along: Float64Array.from({ length: bins }, (_, i) => {
      let sum = 0
      for (let k = 0; k < bins; k += 1) sum += left(i, k) * (along[k] ?? 0)
      return sum
    }),
  }))
  const result = new Float64Array(bins * bins)
  for (let i = 0; i < bins; i += 1)
    for (let j = 0; j < bins; j += 1) {
      let sum = 0
      for (let k = 0; k < bins; k += 1) sum += left(i, k) * left(j, k) * (diagonal[k] ?? 0)
      for (const { along, sign } of carried) sum += sign * (along[i] ?? 0) * (along[j] ?? 0)
      result[i * bins + j] = sum
    }
  return result
}

/**
 * Mean and variance of Σ r_b²/D_b for residuals r = (I − J) e with J the absorption, e the window's multinomial error
 * plus the card's own; D_b = m_b/N + V_b (Satterthwaite 1946 then gives a scaled χ²).
 */
const createMoments = (
  shares: Float64Array,
  columns: readonly Float64Array[],
  card: CardSpread,
): ((people: number) => Moments) => {
  const bins = shares.length
  const ofWindow = carryError(columns, shares, [{ along: shares, sign: -1 }])
  const ofCard = carryError(
    columns,
    card.diagonal,
    card.directions.map((along) => ({ along, sign: 1 })),
  )
  const known = new Map<number, Moments>()
  return (people) => {
    const before = known.get(people)
    if (before) return before
    const scale = Float64Array.from(shares, (share, b) => share / people + (card.variance[b] ?? 0))
    let mean = 0
    let variance = 0
    for (let i = 0; i < bins; i += 1)
      for (let j = 0; j < bins; j += 1) {
        const entry = (ofWindow[i * bins + j] ?? 0) / people + (ofCard[i * bins + j] ?? 0)
        if (i === j) mean += entry / (scale[i] ?? 1)
        variance += (2 * entry * entry) / ((scale[i] ?? 1) * (scale[j] ?? 1))
      }
    const moments = { mean, variance }
    known.set(people, moments)
    return moments
  }
}

/**
 * Drift model that leaves the whole distribution of the T-score free: the population may change in severity within
 * classes, too. Building it costs some 50 fits; a window then costs one. Source: statistics page, sections 5 and 7.
 */
export const createSeverityDrift = (card: SeverityCard): DriftModel => {
  const table = responseOf(card)
  const start = startOf(card.cellCounts)
  const fit = fitWith(table, start)
  const { varianceOf, spreadOf } = cardErrorOf(card, table)
  const own = predictBins(table, start)
  const moments = createMoments(own, absorption(fit, own), spreadOf(start))
  const reference = Float64Array.from({ length: table.bins }, (_, b) =>
    card.classCounts.reduce((sum, counts) => sum + (counts[b] ?? 0), 0),
  )
  return {
    kind: 'severity',
    bins: table.bins,
    reference,
    referencePeople: card.people,
    fit,
    varianceOf,
    redraw: (random) => {
      const drawn = redrawCard(card, random)
      return fitWith(responseOf(drawn), startOf(drawn.cellCounts))
    },
    momentsAt: moments,
  }
}
