import { describeClinics, type SimulatedClinic } from '../clinics/describe-clinics.ts'
import type { ImagingCondition } from './history-film.ts'

/** How large a history is. */
export const historySize = { clinics: 16, regions: 4, weeks: 26, peopleAWeek: 216 } as const

/** A clinic of a history: how it takes films, and who comes. */
export type HistoryClinic = SimulatedClinic & {
  /** The first week in which it is open; 0 is the oldest. */
  readonly opensInWeek: number
  readonly peopleAWeek: number
  readonly condition: ImagingCondition
  /** The week from whose Monday on its films are taken after the update. */
  readonly updatedInWeek: number | undefined
  /** Years that its people are older than those of its region. */
  readonly olderByYears: number
}

export type HistoryPlan = {
  readonly seed: number
  readonly clinics: readonly HistoryClinic[]
  /** Mondays, the oldest first. */
  readonly weeks: readonly string[]
}

/** The two changes of a history: what the monitor must tell apart. */
export const historyChanges = {
  /** A software update at two clinics of one region: the imaging changes, the people do not. */
  imaging: { region: 'East', clinics: ['east-3', 'east-4'], week: 18 },
  /** A new clinic of another region, whose people are older: the population changes. */
  population: { region: 'South', clinic: 'south-4', week: 14, olderByYears: 12 },
} as const

/** Clinics with equipment of the second maker; those that are updated are none of them. */
const secondMaker = new Set(['north-2', 'south-2', 'east-2', 'west-2', 'north-3', 'west-3'])

const dayMs = 24 * 60 * 60 * 1000

/** The day that lies so many days after another one. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) + days * dayMs).toISOString().slice(0, 10)

/** Mondays of the whole weeks before a day, the oldest first. */
const weeksBefore = (until: string): readonly string[] => {
  const sinceMonday = (new Date(`${until}T00:00:00.000Z`).getUTCDay() + 6) % 7
  const monday = dayAfter(until, -sinceMonday)
  return Array.from({ length: historySize.weeks }, (_, week) =>
    dayAfter(monday, 7 * (week - historySize.weeks)),
  )
}

const isUpdated = (siteId: string): boolean =>
  historyChanges.imaging.clinics.some((clinic) => clinic === siteId)

const historyClinicOf = (clinic: SimulatedClinic): HistoryClinic => {
  const { population, imaging } = historyChanges
  const isNew = clinic.siteId === population.clinic
  const { weeks, peopleAWeek } = historySize
  return {
    ...clinic,
    opensInWeek: isNew ? population.week : 0,
    // The new clinic is a large one: over the half year as many come as to each of the others.
    peopleAWeek: isNew ? (peopleAWeek * weeks) / (weeks - population.week) : peopleAWeek,
    condition: secondMaker.has(clinic.siteId) ? 'second-maker' : 'usual',
    updatedInWeek: isUpdated(clinic.siteId) ? imaging.week : undefined,
    olderByYears: isNew ? population.olderByYears : 0,
  }
}

/** The plan of a history that ends before the week of a day (`YYYY-MM-DD`): the same for the same seed and week. */
export const planHistory = ({
  seed,
  until,
}: {
  readonly seed: number
  readonly until: string
}): HistoryPlan => ({
  seed,
  clinics: describeClinics({ clinics: historySize.clinics, regions: historySize.regions, seed }).map(
    historyClinicOf,
  ),
  weeks: weeksBefore(until),
})

/** How a clinic takes its films in a week. */
export const conditionIn = ({ updatedInWeek, condition }: HistoryClinic, week: number): ImagingCondition =>
  updatedInWeek !== undefined && week >= updatedInWeek ? 'updated' : condition
