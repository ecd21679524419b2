import { z } from 'zod'
import type { CountedMonth } from '../ports.ts'

const releasedSchema = z.object({
  region: z.string(),
  month: z.string(),
  domain: z.enum(['synthetic', 'real']),
  people: z.int().min(0),
  osteoporosis: z.int().min(0),
  unread: z.int().min(0),
  revision: z.int().min(1),
  releasedAt: z.iso.datetime(),
  modelDigests: z.array(z.string()),
})
export const releasesSchema = z.array(releasedSchema)

/** Counts of a region and a month as they stand on pages until enough people have joined them. */
export type Release = z.infer<typeof releasedSchema>

const keyOf = ({ domain, month, region }: Pick<Release, 'domain' | 'month' | 'region'>): string =>
  `${domain} ${month} ${region}`

const peopleWithoutVote = ({ n, unreadableShare }: CountedMonth): number =>
  unreadableShare >= 1 ? 0 : Math.round((n * unreadableShare) / (1 - unreadableShare))

/** Whether the step from one release to the next concerns nobody, or enough people at once. */
const mayMove = (before: Release, now: CountedMonth, threshold: number): boolean =>
  Math.abs(now.n - before.people) >= threshold ||
  Math.abs(now.counts.osteoporosis - before.osteoporosis) >= threshold

/**
 * What may be seen from now on. A figure moves only when at least `threshold` people have come to it or left it: who compares
 * two looks at a page learns nothing of a single film, an erasure or a late one. What has not moved is the same object.
 */
export const releaseMonths = (
  before: readonly Release[],
  counted: readonly CountedMonth[],
  threshold: number,
  now: Date,
): readonly Release[] => {
  const known = new Map(before.map((release) => [keyOf(release), release]))
  for (const month of counted) {
    const last = known.get(keyOf(month))
    if (last === undefined ? month.n < threshold : !mayMove(last, month, threshold)) continue
    known.set(keyOf(month), {
      region: month.region,
      month: month.month,
      domain: month.domain,
      people: month.n,
      osteoporosis: month.counts.osteoporosis,
      unread: peopleWithoutVote(month),
      revision: (last?.revision ?? 0) + 1,
      releasedAt: now.toISOString(),
      modelDigests: [...month.modelDigests],
    })
  }
  return [...known.values()]
}
