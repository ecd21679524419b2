import { createHash } from 'node:crypto'
import { ageBandOf } from '../../contracts/film-attributes.ts'
import type { HistoryReading } from '../../contracts/history-reading.ts'
import type { ModelIdentity } from '../../contracts/verdict.ts'
import { uuidOf } from '../../runtime/uuid-of.ts'
import { below, type Random, randomFor } from '../clinics/seeded-random.ts'
import { classOf, samplePerson } from '../films/person.ts'
import { createFilmsLike, type FilmsLike } from './films-like.ts'
import { conditionIn, dayAfter, type HistoryClinic, type HistoryPlan } from './history-plan.ts'
import type { LibraryFilm, ReadingLibrary } from './reading-library.ts'

/** A drawn person: the truth, which no topic carries, and what the engine is told. */
export type DrawnPerson = {
  readonly tScore: number
  readonly truth: ReturnType<typeof classOf>
  readonly region: string
  /** Number of the week; 0 is the oldest. */
  readonly week: number
  readonly reading: HistoryReading
}

const hexOf = (...names: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(names)).digest('hex')

const outcomeOf = (
  { film, outcome }: LibraryFilm,
  { models, finder }: ReadingLibrary,
  reader: number,
): HistoryReading['outcome'] => {
  if (outcome.kind === 'rejected') return outcome
  const [model, said] = [models[reader], outcome.readings[reader]]
  if (model === undefined || said === undefined)
    throw new Error('every film of the library has a reading of each model')
  const { eligible, statistics } = outcome
  return { kind: 'finding', film, model, finder, eligible, statistics, ...said }
}

type Drawing = {
  readonly plan: HistoryPlan
  readonly library: ReadingLibrary
  /** Which of the library's models reads. */
  readonly reader: number
  readonly filmsLike: FilmsLike
}

/** Most films are taken from Monday to Friday, in the hours in which every region has the same day. */
const momentOf = (monday: string, random: Random): { day: string; receivedAt: string } => {
  const day = dayAfter(monday, random() < 0.9 ? below(random, 5) : 5 + below(random, 2))
  const minutes = 9 * 60 + below(random, 6 * 60)
  const receivedAt = new Date(Date.parse(`${day}T00:00:00.000Z`) + minutes * 60_000).toISOString()
  return { day, receivedAt }
}

const drawPerson = (
  { plan, library, reader, filmsLike }: Drawing,
  clinic: HistoryClinic,
  at: { readonly week: number; readonly monday: string; readonly number: number },
): DrawnPerson => {
  const names = [clinic.siteId, at.monday, at.number] as const
  const random = randomFor(plan.seed, 'history', ...names)
  const { tShift, ageShift, name: region } = clinic.region
  const drawn = samplePerson({
    world: 'external',
    random,
    tShift,
    ageShift: ageShift + clinic.olderByYears,
  })
  const { age, sex, reason } = drawn
  const { tScore } = drawn.left
  const { day, receivedAt } = momentOf(at.monday, random)
  const film = filmsLike(conditionIn(clinic, at.week), { tScore, age, sex }, random)
  return {
    tScore,
    truth: classOf(tScore),
    region,
    week: at.week,
    reading: {
      historyId: uuidOf('osteostream.history.1', plan.seed, ...names),
      siteId: clinic.siteId,
      subjectKey: hexOf('osteostream.history-person.1', plan.seed, ...names),
      receivedAt,
      attributes: { ...film.attributes, ageBand: ageBandOf(age), sex, acquisitionDay: day, reason },
      outcome: outcomeOf(film, library, reader),
    },
  }
}

/**
 * Creates the drawer of a history: everybody of a week (0 is the oldest), clinic by clinic. People are drawn with a T-score,
 * and each gets the reading of a film like theirs under the imaging of their clinic, so a card can be wrong on them.
 * `model` says which of the library's models reads; the first where not given.
 */
export const createHistoryDrawer = (options: {
  readonly plan: HistoryPlan
  readonly library: ReadingLibrary
  readonly model?: Pick<ModelIdentity, 'name'>
}) => {
  const { plan, library, model } = options
  const reader = model === undefined ? 0 : library.models.findIndex(({ name }) => name === model.name)
  const drawing: Drawing = { plan, library, reader, filmsLike: createFilmsLike(library.films) }
  return (week: number): readonly DrawnPerson[] => {
    const monday = plan.weeks[week]
    if (monday === undefined) return []
    return plan.clinics
      .filter(({ opensInWeek }) => week >= opensInWeek)
      .flatMap((clinic) =>
        Array.from({ length: clinic.peopleAWeek }, (_, number) =>
          drawPerson(drawing, clinic, { week, monday, number }),
        ),
      )
  }
}
export type HistoryDrawer = ReturnType<typeof createHistoryDrawer>
