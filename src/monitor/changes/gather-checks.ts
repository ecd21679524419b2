import type { DeviceCount } from '../../contracts/circumstances.ts'
import type { CheckState } from '../../statistics/drift/witnesses.ts'
import { endOf } from '../windows.ts'
import { clinicsOf, type Pair, type Scene } from './month-scene.ts'

/** Share of the films of a scope that must come from changed devices for these to speak for the scope. */
const relevantShare = 0.1

/** New devices must make this share of a clinic's films: one film with a test version is no change. */
const newShare = 0.2

const filmsOf = (devices: readonly DeviceCount[]): number =>
  devices.reduce((sum, { films }) => sum + films, 0)

const nameOf = ({ maker, detector, softwareVersion }: DeviceCount): string =>
  JSON.stringify([maker, detector, softwareVersion])

const devicesOf = ({ devices }: Scene, { scope, after }: Pair, start: string): readonly DeviceCount[] =>
  devices.filter(
    (device) =>
      device.windowStart === start &&
      device.domain === after.domain &&
      (scope.kind === 'all' ||
        (scope.kind === 'region' && device.region === scope.id) ||
        (scope.kind === 'site' && device.siteId === scope.id) ||
        (scope.kind === 'maker' && device.maker === scope.id)),
  )

const stateOf = (moved: number, all: number): CheckState => {
  if (all === 0) return 'untested'
  if (moved === 0) return 'steady'
  return moved >= relevantShare * all ? 'moved' : 'untested'
}

/** Maker, detector and software at the clinics that send in both windows, compared as texts. */
export const softwareState = (scene: Scene, pair: Pair): CheckState => {
  const before = Map.groupBy(devicesOf(scene, pair, scene.before.start), ({ siteId }) => siteId)
  const after = Map.groupBy(devicesOf(scene, pair, scene.after.start), ({ siteId }) => siteId)
  let [all, moved] = [0, 0]
  for (const [siteId, now] of after) {
    const known = now.filter(({ softwareVersion, detector }) => softwareVersion !== '' || detector !== '')
    const old = before.get(siteId)
    if (old === undefined || known.length === 0) continue
    const names = new Set(old.map(nameOf))
    const fresh = filmsOf(known.filter((device) => !names.has(nameOf(device))))
    all += filmsOf(now)
    if (fresh >= newShare * filmsOf(now)) moved += filmsOf(now)
  }
  return stateOf(moved, all)
}

/** Announcements whose first day lies in either window; `steady` only where clinics of the scope announce. */
export const announcementState = (scene: Scene, pair: Pair): CheckState => {
  const clinics = new Set(clinicsOf(pair.after))
  const own = scene.announcements.filter(({ siteId }) => clinics.has(siteId))
  if (own.length === 0) return 'untested'
  const falling = own.filter(
    ({ change, from }) => change !== 'patients' && from >= scene.before.start && from < endOf(scene.after),
  )
  const named = new Set(falling.map(({ siteId }) => siteId))
  const devices = devicesOf(scene, pair, scene.after.start)
  return stateOf(filmsOf(devices.filter(({ siteId }) => named.has(siteId))), filmsOf(devices))
}

const readersOf = ({ people }: Pair['after']): readonly string[] => [
  ...new Set(
    people
      .filter(({ densityClass }) => densityClass !== undefined)
      .map((cell) => `${cell.modelDigest} ${cell.finderDigest}`),
  ),
]

/** Digests of what read both windows; with several in both nobody can tell who read how many of whom. */
export const digestState = ({ before, after }: Pair): CheckState => {
  const [old, now] = [readersOf(before).toSorted(), readersOf(after).toSorted()]
  if (old.join() !== now.join()) return 'moved'
  return now.length === 1 ? 'steady' : 'untested'
}
