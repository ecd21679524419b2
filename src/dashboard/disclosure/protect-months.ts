import type { z } from 'zod'
import type { CorrectedFigure, Figure, MissedFigure, NoFigure } from '../../contracts/prevalence-figures.ts'
import { protectCube } from '../../statistics/disclosure/disclosure-control.ts'
import { wilson } from '../../statistics/intervals/proportions.ts'
import { peopleOf, type Release } from './release-months.ts'
import type {
  correctedCellSchema,
  missedCellSchema,
  projectedCellSchema,
  shareSchema,
} from './shown-figures.ts'

/** A share that may be shown, or why it may not. */
export type ShownShare = z.infer<typeof shareSchema>

type ShownCorrected = z.infer<typeof correctedCellSchema>
type ShownMissed = z.infer<typeof missedCellSchema>
type ShownProjected = z.infer<typeof projectedCellSchema>

/** What may be shown of a region (or of all) and a month. */
export type ShownCell = {
  /** People with a vote; missing where it is hidden. */
  readonly people?: number
  /** Of the votes; missing where it is hidden. */
  readonly osteoporosis?: number
  readonly share: ShownShare
  readonly corrected: ShownCorrected
  readonly missed: ShownMissed
}

export type ShownMonth = {
  readonly all: ShownCell & {
    readonly unread?: number
    readonly projected: ShownProjected
    /** The share of all people filmed, should none or all of the unread have it. */
    readonly bounds?: { readonly low: number; readonly high: number }
  }
  readonly regions: readonly (ShownCell & { readonly region: string })[]
}

const hidden = (threshold: number) =>
  ({
    kind: 'no-answer',
    reason: 'hidden',
    detail: `hidden: fewer than ${threshold} people, or another hidden number would follow from it`,
  }) as const

const waits = {
  kind: 'no-answer',
  reason: 'no-report',
  detail: 'the monitor has not reported on it yet',
} as const

const hiddenCell = (threshold: number): ShownCell => {
  const none = hidden(threshold)
  return { share: none, corrected: none, missed: none }
}

/** Shares in steps of a tenth of a percent: more digits would tell the counts that they were made of. */
const step = (share: number): number => Math.round(share * 1000) / 1000

const inSteps = ({ estimate, low, high }: Figure): Figure => {
  return { estimate: step(estimate), low: step(low), high: step(high) }
}

/** People in whole numbers. */
const whole = ({ estimate, low, high }: Figure): Figure => ({
  estimate: Math.round(estimate),
  low: Math.round(low),
  high: Math.round(high),
})

const correctedOf = (figure: CorrectedFigure | NoFigure): ShownCorrected => {
  if (figure.kind === 'no-answer') return figure
  const { classes, limitedBy, validationPeople, validationSites, warnings } = figure
  return {
    kind: 'answer',
    ...inSteps(classes.osteoporosis),
    // How many people a figure rests on is told by the cell, or hidden there.
    limitedBy: limitedBy.replace(/: [\d,]+ (?:person|people)$/, ''),
    validationPeople,
    validationSites,
    warnings: [...warnings],
  }
}

const missedOf = (figure: MissedFigure | NoFigure): ShownMissed => {
  if (figure.kind === 'no-answer') return figure
  const { people, flagged, missed } = figure
  return { kind: 'answer', people: whole(people), flagged: whole(flagged), missed: whole(missed) }
}

/** Stands where the missed people stand: both follow from the same figure. */
const projectedOf = ({ missed }: ShownCell, release: Release | undefined): ShownProjected => {
  if (missed.kind === 'no-answer') return missed
  const projected = release?.projected
  if (projected?.kind !== 'answer') return projected ?? waits
  const { sensitivity, specificity, ppv, npv } = projected
  return {
    kind: 'answer',
    sensitivity: step(sensitivity),
    specificity: step(specificity),
    ppv: step(ppv),
    npv: step(npv),
  }
}

const cellOf = (
  people: number | undefined,
  osteoporosis: number | undefined,
  threshold: number,
  release: Release | undefined,
): ShownCell => {
  if (people === undefined) return hiddenCell(threshold)
  // What is corrected follows from the counts: it stands only where they may be seen.
  if (osteoporosis === undefined) return { ...hiddenCell(threshold), people }
  const found = wilson({ successes: osteoporosis, trials: people })
  if (found.kind === 'no-answer') return { people, share: found, corrected: found, missed: found }
  const { estimate, low, high } = found.value
  return {
    people,
    osteoporosis,
    share: { kind: 'answer', estimate, low, high },
    corrected: release === undefined ? waits : correctedOf(release.corrected),
    missed: release === undefined ? waits : missedOf(release.missed),
  }
}

const everythingHidden = (rows: readonly Release[], threshold: number): ShownMonth => ({
  all: { ...hiddenCell(threshold), projected: hidden(threshold) },
  regions: rows.map(({ region }) => ({ region, ...hiddenCell(threshold) })),
})

/**
 * Hides small numbers of one month: the table of regions by class (osteoporosis or not) with all its totals, cells below
 * the threshold and those from which they would follow. People without a vote are told for all regions together only.
 * `together` is what the monitor says of all regions together, where each person counts once.
 */
export const protectMonth = (
  rows: readonly Release[],
  together: Release | undefined,
  threshold: number,
): ShownMonth => {
  const cells = rows.flatMap((row) => [row.counts.osteoporosis, peopleOf(row) - row.counts.osteoporosis])
  const protectedCube = protectCube({ sizes: [rows.length, 2], counts: cells }, threshold)
  if (protectedCube.kind === 'no-answer') return everythingHidden(rows, threshold)
  const shown = new Map(
    protectedCube.value.places.map(({ coordinate, count }) => [coordinate.join(), count] as const),
  )
  const at = (region: number, release: Release | undefined): ShownCell => {
    const [sick, well] = [shown.get(`${region},0`), shown.get(`${region},1`)]
    // Either class gives the other away beside their sum: the share stands only where both may be seen.
    return cellOf(shown.get(`${region},2`), well === undefined ? undefined : sick, threshold, release)
  }
  const unread = rows.reduce((sum, row) => sum + row.unread, 0)
  const all = at(rows.length, together)
  const isUnreadShown = unread >= threshold && all.share.kind === 'answer'
  return {
    all: {
      ...all,
      projected: projectedOf(all, together),
      ...(isUnreadShown ? { unread } : {}),
      ...(isUnreadShown && together?.bounds.kind === 'answer'
        ? { bounds: { low: together.bounds.low, high: together.bounds.high } }
        : {}),
    },
    regions: rows.map((row, index) => ({ region: row.region, ...at(index, row) })),
  }
}
