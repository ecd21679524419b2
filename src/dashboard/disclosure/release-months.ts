import { z } from 'zod'
import { domainFiguresSchema } from '../../contracts/prevalence-figures.ts'
import type { ReportedMonth } from '../../contracts/reported-month.ts'

const { domain, counts, corrected, missed, projected, bounds, label } = domainFiguresSchema.shape

const releasedSchema = z.object({
  /** Empty for all regions together. */
  region: z.string(),
  month: z.string(),
  domain,
  label,
  /** People with a vote, by class. */
  counts,
  unread: z.int().min(0),
  corrected,
  missed,
  projected,
  bounds,
  revision: z.int().min(1),
  releasedAt: z.iso.datetime(),
  modelDigests: z.array(z.string()),
})
export const releasesSchema = z.array(releasedSchema)

/** Figures of a region and a month as they stand on pages until enough people have joined them. */
export type Release = z.infer<typeof releasedSchema>

const keyOf = ({ domain: of, month, region }: Pick<Release, 'domain' | 'month' | 'region'>): string =>
  `${of} ${month} ${region}`

/** People with a vote. */
export const peopleOf = ({ counts: { normal, osteopenia, osteoporosis } }: Pick<Release, 'counts'>): number =>
  normal + osteopenia + osteoporosis

type Content = Omit<Release, 'revision' | 'releasedAt'>

const contentOf = ({ region, month, figures }: ReportedMonth): Content => ({
  region,
  month,
  domain: figures.domain,
  label: figures.label,
  counts: figures.counts,
  unread: figures.people - figures.n,
  corrected: figures.corrected,
  missed: figures.missed,
  projected: figures.projected,
  bounds: figures.bounds,
  modelDigests: [...new Set(figures.readers.map(({ modelDigest }) => modelDigest))].toSorted(),
})

/** Whether a step concerns enough people at once, or none at all: the same people read once more, or with a new card. */
const mayMove = (before: Release, now: Content, threshold: number): boolean => {
  const steps = (['normal', 'osteopenia', 'osteoporosis'] as const).map((name) =>
    Math.abs(now.counts[name] - before.counts[name]),
  )
  const sameCounts = steps.every((step) => step === 0) && now.unread === before.unread
  return (
    sameCounts ||
    Math.abs(peopleOf(now) - peopleOf(before)) >= threshold ||
    Math.abs(now.counts.osteoporosis - before.counts.osteoporosis) >= threshold
  )
}

const sameContent = ({ revision: _revision, releasedAt: _at, ...before }: Release, now: Content): boolean =>
  JSON.stringify(before) === JSON.stringify(now)

/** People of the regions of a month who are counted by now and stand in no release yet, or stand there still. */
const waitingPeople = (
  whole: Content,
  regions: readonly Content[],
  known: ReadonlyMap<string, Release>,
): number => {
  const everybody = (content: Pick<Release, 'counts' | 'unread'>): number =>
    peopleOf(content) + content.unread
  return regions
    .filter(({ domain: of, month, region }) => region !== '' && of === whole.domain && month === whole.month)
    .reduce((sum, now) => {
      const shown = known.get(keyOf(now))
      return sum + Math.abs(everybody(now) - (shown === undefined ? 0 : everybody(shown)))
    }, 0)
}

/**
 * What may be seen from now on. A figure moves only when at least `threshold` people have come to it or left it: who compares
 * two looks at a page learns nothing of a single film, an erasure or a late one. The figure of all regions together moves
 * only where its regions stand as it counts them, or enough people wait in them: it less its regions would tell of few
 * otherwise. What has not moved is the same object.
 */
export const releaseMonths = (
  before: readonly Release[],
  counted: readonly ReportedMonth[],
  threshold: number,
  now: Date,
): readonly Release[] => {
  const known = new Map(before.map((release) => [keyOf(release), release]))
  const contents = counted.map(contentOf)
  // The regions first: the whole is compared with what of them is released.
  for (const content of contents.toSorted((a, b) => (a.region === '' ? 1 : 0) - (b.region === '' ? 1 : 0))) {
    const last = known.get(keyOf(content))
    const mayGo =
      last === undefined
        ? peopleOf(content) >= threshold
        : !sameContent(last, content) && mayMove(last, content, threshold)
    if (!mayGo) continue
    const waiting = content.region === '' ? waitingPeople(content, contents, known) : 0
    if (waiting > 0 && waiting < threshold) continue
    const revision = (last?.revision ?? 0) + 1
    known.set(keyOf(content), { ...content, revision, releasedAt: now.toISOString() })
  }
  return [...known.values()]
}
