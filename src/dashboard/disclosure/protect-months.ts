import { protectCube } from '../../statistics/disclosure/disclosure-control.ts'
import { wilson } from '../../statistics/intervals/proportions.ts'

/** Counts of a region and a month as they were released: what follows from them may be shown once it is protected. */
export type ReleasedCounts = {
  readonly region: string
  readonly people: number
  readonly osteoporosis: number
  readonly unread: number
}

/** A share that may be shown, or why it may not. */
export type ShownShare =
  | { readonly kind: 'answer'; readonly estimate: number; readonly low: number; readonly high: number }
  | { readonly kind: 'no-answer'; readonly reason: string; readonly detail: string }

/** What may be shown of a region (or of all) and a month. */
export type ShownCell = {
  /** People with a vote; missing where it is hidden. */
  readonly people?: number
  /** Of the votes; missing where it is hidden. */
  readonly osteoporosis?: number
  readonly share: ShownShare
}

export type ShownMonth = {
  readonly all: ShownCell & { readonly unread?: number }
  readonly regions: readonly (ShownCell & { readonly region: string })[]
}

const hidden = (threshold: number): ShownShare => ({
  kind: 'no-answer',
  reason: 'hidden',
  detail: `hidden: fewer than ${threshold} people, or another hidden number would follow from it`,
})

const cellOf = (
  people: number | undefined,
  osteoporosis: number | undefined,
  threshold: number,
): ShownCell => {
  if (people === undefined) return { share: hidden(threshold) }
  if (osteoporosis === undefined) return { people, share: hidden(threshold) }
  const found = wilson({ successes: osteoporosis, trials: people })
  if (found.kind === 'no-answer') return { people, share: found }
  const { estimate, low, high } = found.value
  return { people, osteoporosis, share: { kind: 'answer', estimate, low, high } }
}

const everythingHidden = (rows: readonly ReleasedCounts[], threshold: number): ShownMonth => ({
  all: { share: hidden(threshold) },
  regions: rows.map(({ region }) => ({ region, share: hidden(threshold) })),
})

/**
 * Hides small numbers of one month: the table of regions by class (osteoporosis or not) with all its totals, cells below
 * the threshold and those from which they would follow. People without a vote are told for all regions together only.
 */
export const protectMonth = (rows: readonly ReleasedCounts[], threshold: number): ShownMonth => {
  const counts = rows.flatMap(({ people, osteoporosis }) => [osteoporosis, people - osteoporosis])
  const protectedCube = protectCube({ sizes: [rows.length, 2], counts }, threshold)
  if (protectedCube.kind === 'no-answer') return everythingHidden(rows, threshold)
  const shown = new Map(
    protectedCube.value.places.map(({ coordinate, count }) => [coordinate.join(), count] as const),
  )
  const at = (region: number): ShownCell => {
    const [sick, well] = [shown.get(`${region},0`), shown.get(`${region},1`)]
    // Either class gives the other away beside their sum: the share stands only where both may be seen.
    return cellOf(shown.get(`${region},2`), well === undefined ? undefined : sick, threshold)
  }
  const unread = rows.reduce((sum, row) => sum + row.unread, 0)
  return {
    all: { ...at(rows.length), ...(unread < threshold ? {} : { unread }) },
    regions: rows.map(({ region }, index) => ({ region, ...at(index) })),
  }
}
