import {
  aText,
  fields,
  listOf,
  numberFrom,
  optional,
  requireInputs,
  wholeFrom,
} from '../inputs/input-rules.ts'

/**
 * One alarm: its window (0, 1, 2 …, the same calendar for all charts) and what may have caused it together with others.
 * A model that all clinics share joins nothing: only a digest that changed is a common cause.
 */
export type ChartAlarm = {
  readonly id: string
  readonly window: number
  readonly software?: string
  readonly maker?: string
  readonly region?: string
  /** Digest of the package that this scope changed to at the onset; missing where nothing changed. */
  readonly changedDigest?: string
}

/** Alarms that belong together, in the order of their windows, and the values that all of them share. */
export type Incident = {
  readonly alarms: readonly ChartAlarm[]
  readonly firstWindow: number
  readonly lastWindow: number
  readonly shared: {
    readonly software?: string
    readonly maker?: string
    readonly region?: string
    readonly changedDigest?: string
  }
}

const features = ['software', 'maker', 'region', 'changedDigest'] as const

const someAlarms = listOf(
  fields({
    id: aText,
    window: wholeFrom(0),
    ...Object.fromEntries(features.map((feature) => [feature, optional(aText)])),
  }),
)

const findRoot = (parents: number[], start: number): number => {
  let root = start
  while (parents[root] !== root) root = parents[root] ?? root
  parents[start] = root
  return root
}

const byWindow = (left: ChartAlarm, right: ChartAlarm): number =>
  left.window - right.window || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)

const describe = (alarms: readonly ChartAlarm[]): Incident => {
  const [first] = alarms
  const shared = Object.fromEntries(
    features.flatMap((feature) => {
      const value = first?.[feature]
      return value !== undefined && alarms.every((alarm) => alarm[feature] === value)
        ? [[feature, value]]
        : []
    }),
  )
  const windows = alarms.map(({ window }) => window)
  return { alarms, firstWindow: Math.min(...windows), lastWindow: Math.max(...windows), shared }
}

/**
 * Groups alarms into incidents: two alarms that share software, maker, region or a changed digest and lie at most
 * `within` windows apart belong together, and so does everything they link to. The order of the input does not matter.
 */
export const groupIncidents = (alarms: readonly ChartAlarm[], within = 2): Incident[] => {
  requireInputs({ alarms, within }, { alarms: someAlarms, within: numberFrom(0, 1e6) })
  const sorted = [...alarms].sort(byWindow)
  const parents = sorted.map((_, i) => i)
  for (const feature of features) {
    const latest = new Map<string, number>()
    sorted.forEach((alarm, i) => {
      const value = alarm[feature]
      if (value === undefined) return
      const before = latest.get(value)
      // Sorted by window: whatever links to an earlier alarm of this value links to the latest one, too.
      if (before !== undefined && alarm.window - (sorted[before]?.window ?? 0) <= within)
        parents[findRoot(parents, i)] = findRoot(parents, before)
      latest.set(value, i)
    })
  }
  const groups = new Map<number, ChartAlarm[]>()
  sorted.forEach((alarm, i) => {
    const root = findRoot(parents, i)
    groups.set(root, [...(groups.get(root) ?? []), alarm])
  })
  return [...groups.values()].map(describe)
}
