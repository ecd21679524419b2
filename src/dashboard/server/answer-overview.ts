import type { Alarm } from '../../contracts/alarm.ts'
import type { AlarmLife } from '../../contracts/alarm-life.ts'
import type { Ledger } from '../../contracts/ledger.ts'
import { monthText } from '../../figures/kit/numbers.ts'
import { caption, firstSentence, type OverviewFacts, type SaidChange } from '../overview/first-sentence.ts'
import { hasRole, type Viewer } from '../sign-in/viewer.ts'
import { aboutFigures, alarmsFor } from './alarms-for.ts'
import { answerChanges } from './answer-changes.ts'
import { answerPrevalence, type Domain } from './answer-prevalence.ts'
import type { ChangesAnswer, OverviewAnswer, PrevalenceAnswer } from './answers.ts'
import type { ApiDeps } from './api-types.ts'

const endOf = (month: string): string => {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10)
}

/** The month that the page is about: the last complete one, or the current one where there is none. */
export const chosenMonth = ({ months }: PrevalenceAnswer) =>
  months.findLast(({ provisional }) => !provisional) ?? months.at(-1)

const cellOf = (month: PrevalenceAnswer['months'][number] | undefined) =>
  month?.all ?? (month?.regions.length === 1 ? month.regions[0] : undefined)

const ledgerAttention = (ledger: Ledger | undefined): OverviewAnswer['attention'] =>
  ledger === undefined || ledger.balanced
    ? []
    : [
        {
          title: 'The ledger does not balance',
          text: `${ledger.lost} films lost, ${ledger.doubled} counted twice.`,
          severity: 'critical',
          link: '/films',
        },
      ]

const alarmAttention = (alarm: Alarm): OverviewAnswer['attention'][number] => ({
  title: alarm.title,
  text: Object.entries(alarm.evidence)
    .slice(0, 3)
    .map(([name, value]) => `${name} ${value}`)
    .join(', '),
  severity: alarm.severity,
  at: alarm.raisedAt,
  link: `/alarms/${alarm.alarmId}`,
})

/** Hours without a pass after which the monitor vouches for nothing. */
const oldHours = 26

type Judged = ChangesAnswer['changes'][number]

const directionOf = (difference: Judged['difference']): SaidChange['direction'] => {
  if (difference.kind === 'no-answer') return 'changed'
  if (difference.low <= 0 && difference.high >= 0) return 'unseen'
  return difference.estimate < 0 ? 'fell' : 'rose'
}

const saidOf = ({ region, verdict, difference }: Judged): readonly SaidChange[] => {
  if (verdict === 'no-change-seen' || verdict === 'not-judged') return []
  return [{ where: region === '' ? 'All regions' : region, verdict, direction: directionOf(difference) }]
}

/** The sentence on the smallest change, of all regions together where they were judged. */
const smallestOf = (judged: readonly Judged[]): { readonly smallestSeen?: string } => {
  const whole = judged.find(({ region }) => region === '') ?? judged[0]
  const said = whole?.statement.split('; ').find((part) => part.includes('would have been seen'))
  return said === undefined ? {} : { smallestSeen: said }
}

const monitorFacts = async (
  { snapshots, now }: ApiDeps,
  changes: ChangesAnswer | undefined,
  month: string | undefined,
): Promise<OverviewFacts['monitor']> => {
  const passed = await snapshots.lastPass().catch(() => undefined)
  if (passed?.value === undefined) return { kind: 'silent' }
  const hours = Math.floor((now().getTime() - Date.parse(passed.value)) / 3_600_000)
  if (hours >= oldHours) return { kind: 'old', hours }
  const judged = changes?.changes.filter(
    (change) => change.month === month && change.verdict !== 'not-judged',
  )
  // That the monitor counts is no test of whether something moved.
  if (judged === undefined || judged.length === 0) return { kind: 'silent' }
  return { kind: 'reported', changes: judged.flatMap(saidOf), ...smallestOf(judged) }
}

const titles: Partial<Record<Judged['verdict'], string>> = {
  imaging: 'images changed, density cannot be told',
  pipeline: 'films are read differently',
  undetermined: 'a change, cause not known',
  'population-compatible': 'a change that may be the people, cause not proven',
}

/** Whether an alarm, however it stands, tells of a change already. */
const isTold = (alarms: readonly AlarmLife[], { region, month }: Judged): boolean =>
  alarms.some(
    ({ kind, scope, evidence }) =>
      aboutFigures.has(kind) &&
      scope === (region === '' ? 'all regions' : region) &&
      evidence['month'] === month,
  )

/** Changes of a month that somebody should look at, and that no alarm tells of. */
const changeAttention = (
  changes: ChangesAnswer | undefined,
  month: string | undefined,
  alarms: readonly AlarmLife[],
): OverviewAnswer['attention'] =>
  (changes?.changes ?? []).flatMap((change) => {
    const title = titles[change.verdict]
    if (change.month !== month || title === undefined || isTold(alarms, change)) return []
    const where = change.region === '' ? 'All regions' : change.region
    const isOfImages = change.verdict === 'imaging' || change.verdict === 'pipeline'
    return [
      {
        title: `${where}: ${title}`,
        text: change.statement.split('; ').slice(0, 2).join('; '),
        severity: isOfImages ? ('warning' as const) : ('info' as const),
        link: '/change',
      },
    ]
  })

/** The first page as a viewer may see it. */
export const answerOverview = async (
  deps: ApiDeps,
  viewer: Viewer,
  asked?: Domain,
): Promise<OverviewAnswer> => {
  const seesFigures = hasRole(viewer, 'authority')
  const prevalence = seesFigures ? await answerPrevalence(deps, viewer, asked) : undefined
  const changes = seesFigures ? await answerChanges(deps, viewer, asked).catch(() => undefined) : undefined
  const ledger = await deps.snapshots.ledger().catch(() => undefined)
  const { alarms } = await alarmsFor(deps, viewer)
  const toDo = alarms.filter(({ state }) => state !== 'closed')
  const month = prevalence === undefined ? undefined : chosenMonth(prevalence)
  const cell = cellOf(month)
  const domain = prevalence?.domain ?? 'synthetic'
  const critical = toDo.filter(({ severity }) => severity === 'critical').length
  const moved = changeAttention(changes, month?.month, alarms)
  const facts: OverviewFacts = {
    domain,
    month:
      month === undefined || cell === undefined
        ? undefined
        : {
            name: monthText(month.month, true),
            provisional: month.provisional,
            share: cell.share,
            corrected: cell.corrected,
            people: cell.people,
            bounds: month.all?.bounds,
          },
    regions: month?.regions.length ?? 0,
    hiddenRegions: month?.regions.filter(({ share }) => share.kind === 'no-answer').length ?? 0,
    monitor: await monitorFacts(deps, changes, month?.month),
    ledger:
      ledger === undefined
        ? undefined
        : { balanced: ledger.value.balanced, lost: ledger.value.lost, stale: ledger.isStale },
    openAlarms: { critical, others: toDo.length - critical },
    openChanges: moved.filter(({ severity }) => severity === 'warning').length,
  }
  return {
    sentence: firstSentence(facts),
    caption: caption(facts),
    ...(prevalence === undefined ? {} : { domain: prevalence.domain, label: prevalence.label }),
    domains: prevalence?.domains ?? [],
    ...(month === undefined ? {} : { dataUntil: endOf(month.month) }),
    asOf: prevalence?.asOf ?? ledger?.asOf ?? deps.now().toISOString(),
    stale: prevalence?.stale === true || ledger === undefined || ledger.isStale,
    ...(month === undefined || cell === undefined
      ? {}
      : { headline: { month: month.month, provisional: month.provisional, ...cell } }),
    attention: [...ledgerAttention(ledger?.value), ...moved, ...toDo.slice(0, 6).map(alarmAttention)],
  }
}
