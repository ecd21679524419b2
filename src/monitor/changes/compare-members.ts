import type { DeviceCount } from '../../contracts/circumstances.ts'
import type { WindowCounts } from '../../contracts/window-counts.ts'
import { normalTwoSided } from '../../statistics/maths/distributions.ts'
import { classCounts } from '../figures/plain-figures.ts'
import { type Pair, pairOf, type Scene, sameClinics } from './month-scene.ts'

/** People in each window below which a clinic or maker is compared with nobody. */
const fewestPeople = 30

type Share = { readonly cases: number; readonly people: number }
type Member = { readonly before: Share; readonly after: Share }

const shareOf = ({ people }: WindowCounts): Share => {
  const [cases, osteopenia, normal] = classCounts(people)
  return { cases, people: cases + osteopenia + normal }
}

const memberOf = (pair: Pair): readonly Member[] => {
  const member = { before: shareOf(pair.before), after: shareOf(pair.after) }
  return Math.min(member.before.people, member.after.people) < fewestPeople ? [] : [member]
}

const add = (a: Share, b: Share): Share => ({ cases: a.cases + b.cases, people: a.people + b.people })

const pool = (members: readonly Member[]): Member =>
  members.reduce((sum, one) => ({ before: add(sum.before, one.before), after: add(sum.after, one.after) }), {
    before: { cases: 0, people: 0 },
    after: { cases: 0, people: 0 },
  })

/** Change of a raw share with its variance; half a person more of each keeps a share off 0 and 1. */
const changeOf = ({ before, after }: Member) => {
  const [from, to] = [before, after].map(({ cases, people }) => {
    const share = (cases + 0.5) / (people + 1)
    return { share, variance: (share * (1 - share)) / people }
  })
  return {
    difference: (to?.share ?? 0) - (from?.share ?? 0),
    variance: (to?.variance ?? 0) + (from?.variance ?? 0),
  }
}

/** p that a member changes as the others do. */
const againstOthers = (own: Member, others: readonly Member[]): number => {
  const [one, rest] = [changeOf(own), changeOf(pool(others))]
  return normalTwoSided((one.difference - rest.difference) / Math.sqrt(one.variance + rest.variance))
}

const regionOf = ({ devices }: Scene, siteId: string): string | undefined =>
  devices.find((device: DeviceCount) => device.siteId === siteId)?.region

/** Those that a clinic or a maker is compared with: other clinics of its region, other makers. */
const othersOf = (scene: Scene, { scope, after }: Pair): readonly Member[] => {
  const ids = new Set(scene.counts.filter((of) => of.scope.kind === scope.kind).map((of) => of.scope.id))
  ids.delete(scope.id)
  const region = scope.kind === 'site' ? regionOf(scene, scope.id) : undefined
  return [...ids]
    .toSorted()
    .filter((id) => scope.kind !== 'site' || regionOf(scene, id) === region)
    .flatMap((id) => pairOf(scene, { kind: scope.kind, id }, after.domain) ?? [])
    .flatMap(memberOf)
}

/**
 * p that one maker or clinic changes as the others do (difference of the changes of raw shares). A clinic or maker is
 * compared with its like; in a region, and over all, each clinic with the others, and the smallest p is multiplied by
 * how many there are. Undefined where there is nobody to compare with.
 */
export const oneMemberP = (scene: Scene, pair: Pair): number | undefined => {
  if (pair.scope.kind === 'site' || pair.scope.kind === 'maker') {
    const [own] = memberOf(pair)
    const others = othersOf(scene, pair)
    return own === undefined || others.length === 0 ? undefined : againstOthers(own, others)
  }
  const members = sameClinics(scene, pair).flatMap(memberOf)
  if (members.length < 2) return undefined
  const each = members.map((own) =>
    againstOthers(
      own,
      members.filter((other) => other !== own),
    ),
  )
  return Math.min(1, members.length * Math.min(...each))
}
