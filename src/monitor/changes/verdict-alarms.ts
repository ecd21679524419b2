import { type Alarm, type AlarmKind, runbookOf } from '../../contracts/alarm.ts'
import type { ChangeWord } from '../../contracts/change-report.ts'
import type { FigureDomain } from '../../contracts/prevalence-figures.ts'
import type { ReportScope } from '../../contracts/report.ts'
import { uuidOf } from '../../runtime/uuid-of.ts'
import { windowName } from '../windows.ts'
import type { Scene } from './month-scene.ts'

/** What is said of the change of a scope and domain in a month. */
export type SaidVerdict = {
  readonly scope: ReportScope
  readonly domain: FigureDomain
  readonly verdict: ChangeWord
}

type Raised = Omit<Alarm, 'raisedAt' | 'retracts'>

/** Verdicts that somebody must look at. `undetermined` is none of them: it stands on its page, and proves nothing. */
const alarming: Partial<
  Record<ChangeWord, { readonly kind: AlarmKind; readonly severity: Alarm['severity'] }>
> = {
  imaging: { kind: 'model-change', severity: 'warning' },
  pipeline: { kind: 'model-change', severity: 'warning' },
  'population-compatible': { kind: 'population-change', severity: 'info' },
}

const words: Partial<Record<ChangeWord, string>> = {
  imaging: 'the images changed',
  pipeline: 'films are read differently',
  'population-compatible': 'the people may have changed',
}

/** Whose change it is, where the people are none. */
const asides: Readonly<Record<FigureDomain, string>> = {
  real: '',
  synthetic: ' (simulated people)',
  history: ' (history of drawn people)',
}

const nameOf = ({ kind, id }: ReportScope): string => (kind === 'all' ? 'all regions' : id)

const clinicsOfRegion = ({ devices }: Scene, region: string): ReadonlySet<string> =>
  new Set(devices.filter((device) => device.region === region).map(({ siteId }) => siteId))

/** One change is one alarm: of a region with its clinics named, else of a clinic, else of a maker, else of all. */
const joined = (own: readonly SaidVerdict[], scene: Scene) => {
  const of = (kind: ReportScope['kind']) => own.filter(({ scope }) => scope.kind === kind)
  const sites = of('site')
  const regions = of('region').map((said) => {
    const members = clinicsOfRegion(scene, said.scope.id)
    return { said, clinics: sites.map(({ scope }) => scope.id).filter((id) => members.has(id)) }
  })
  const named = new Set(regions.flatMap(({ said }) => [...clinicsOfRegion(scene, said.scope.id)]))
  const alone = sites.filter(({ scope }) => !named.has(scope.id)).map((said) => ({ said, clinics: [] }))
  const found = [...regions, ...alone]
  if (found.length > 0) return found
  const makers = of('maker').map((said) => ({ said, clinics: [] }))
  return makers.length > 0 ? makers : of('all').map((said) => ({ said, clinics: [] }))
}

/**
 * The alarms that the verdicts of a month are worth. Their ids follow from the change alone: hourly and daily passes raise the
 * same ones.
 */
export const alarmsOfVerdicts = (verdicts: readonly SaidVerdict[], scene: Scene): readonly Raised[] => {
  const month = windowName(scene.after)
  const groups = Map.groupBy(
    verdicts.filter(({ verdict }) => alarming[verdict] !== undefined),
    ({ domain, verdict }) => `${domain} ${verdict}`,
  )
  return [...groups.values()].flatMap((own) =>
    joined(own, scene).flatMap(({ said, clinics }): Raised[] => {
      const { scope, domain, verdict } = said
      const about = alarming[verdict]
      if (about === undefined) return []
      return [
        {
          alarmId: uuidOf('verdict', domain, scene.after.start, scope.kind, scope.id, verdict),
          kind: about.kind,
          severity: about.severity,
          scope: nameOf(scope),
          title: `${nameOf(scope)}: ${words[verdict] ?? verdict} in ${month}${asides[domain]}`,
          evidence: {
            month,
            against: windowName(scene.before),
            people: domain,
            verdict,
            ...(clinics.length === 0 ? {} : { clinics: clinics.toSorted().join(', ') }),
          },
          runbook: runbookOf(about.kind),
        },
      ]
    }),
  )
}

/**
 * What must be told when the verdicts of a month are others than before: alarms that are new, and for each that holds no more
 * one that takes it back.
 */
export const alarmsBetween = (
  before: readonly SaidVerdict[],
  now: readonly SaidVerdict[],
  scene: Scene,
  at: Date,
): readonly Alarm[] => {
  const [old, current] = [alarmsOfVerdicts(before, scene), alarmsOfVerdicts(now, scene)]
  const isIn = (alarms: readonly Raised[], { alarmId }: Raised): boolean =>
    alarms.some((other) => other.alarmId === alarmId)
  const raisedAt = at.toISOString()
  return [
    ...current.filter((alarm) => !isIn(old, alarm)).map((alarm) => ({ ...alarm, raisedAt })),
    ...old
      .filter((alarm) => !isIn(current, alarm))
      .map((alarm) => ({
        ...alarm,
        alarmId: uuidOf('taken back', alarm.alarmId),
        title: `${alarm.title}: taken back`,
        severity: 'info' as const,
        raisedAt,
        retracts: alarm.alarmId,
      })),
  ]
}
