import type { Alarm } from '../../contracts/alarm.ts'
import type { Ledger } from '../../contracts/ledger.ts'
import { monthText } from '../../figures/kit/numbers.ts'
import { caption, firstSentence, type OverviewFacts } from '../overview/first-sentence.ts'
import { hasRole, type Viewer } from '../sign-in/viewer.ts'
import { alarmsFor } from './alarms-for.ts'
import { answerPrevalence, type Domain } from './answer-prevalence.ts'
import type { OverviewAnswer, PrevalenceAnswer } from './answers.ts'
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

const monitorFacts = async ({ snapshots, now }: ApiDeps): Promise<OverviewFacts['monitor']> => {
  const passed = await snapshots.lastPass().catch(() => undefined)
  if (passed?.value === undefined) return { kind: 'silent' }
  const hours = Math.floor((now().getTime() - Date.parse(passed.value)) / 3_600_000)
  // Nobody judges changes yet: that the monitor counts is no test of whether something moved.
  return hours >= oldHours ? { kind: 'old', hours } : { kind: 'silent' }
}

/** The first page as a viewer may see it. */
export const answerOverview = async (
  deps: ApiDeps,
  viewer: Viewer,
  asked?: Domain,
): Promise<OverviewAnswer> => {
  const seesFigures = hasRole(viewer, 'authority')
  const prevalence = seesFigures ? await answerPrevalence(deps, viewer, asked) : undefined
  const ledger = await deps.snapshots.ledger().catch(() => undefined)
  const alarms = await alarmsFor(deps, viewer)
  const month = prevalence === undefined ? undefined : chosenMonth(prevalence)
  const cell = cellOf(month)
  const domain = prevalence?.domain ?? 'synthetic'
  const critical = alarms.alarms.filter(({ severity }) => severity === 'critical').length
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
    monitor: await monitorFacts(deps),
    ledger:
      ledger === undefined
        ? undefined
        : { balanced: ledger.value.balanced, lost: ledger.value.lost, stale: ledger.isStale },
    openAlarms: { critical, others: alarms.alarms.length - critical },
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
    attention: [...ledgerAttention(ledger?.value), ...alarms.alarms.slice(0, 6).map(alarmAttention)],
  }
}
