import { imagesTopic } from '../../../src/contracts/topics.ts'
import type { ConsumedRecord } from '../../../src/runtime/kafka/types.ts'
import type { SimulatedBroker } from './broker.ts'
import { arrivalIdOf, outcomeOf, pixelsOf, plannedIn } from './films.ts'
import type { PlannedFilm, Schedule } from './schedule.ts'

/** What must stand in the tables after a run, worked out from the image log alone, in one pass and without the engine. */
export type Expected = {
  /** Arrival id → the attempt, offset and outcome that count. */
  readonly verdicts: ReadonlyMap<string, string>
  readonly unattributed: ReadonlySet<string>
  readonly imageRecords: ReadonlySet<string>
  /** How many arrivals are booked as what. */
  readonly bookings: ReadonlyMap<string, number>
  /** Where a partition of the images must stand still, because a later version begins there. */
  readonly blockedAt: ReadonlyMap<number, bigint>
}

type Answer = {
  planned: PlannedFilm
  index: number
  attempt: number
  offset: bigint
  /** Of the first record that was answered: a requeue does not change where an arrival stands. */
  first: bigint
  kind: string
}

const pointerOf = ({ topic, partition, offset }: ConsumedRecord): string => `${topic}:${partition}:${offset}`

/** The text in which the oracle and the tables say the same thing. */
export const verdictText = (attempt: number, offset: string, kind: string): string =>
  `attempt ${attempt} at ${offset}: ${kind}`

const countsMore = (a: Answer, b: Answer | undefined): boolean =>
  b === undefined || a.attempt > b.attempt || (a.attempt === b.attempt && a.offset < b.offset)

const bookingOf = (answer: Answer, primary: Answer | undefined): string => {
  if (answer.kind === 'deadLettered') return 'deadLettered'
  if (primary === undefined || primary.index === answer.index) return answer.kind
  if (answer.kind === 'rejected' && primary.kind === 'finding' && answer.first < primary.first)
    return 'superseded'
  return pixelsOf(primary.planned) === pixelsOf(answer.planned) ? 'duplicate' : 'conflict'
}

const rankOf = ({ kind }: Answer): number => (kind === 'finding' ? 0 : 1)

const bookingsOf = (answers: readonly Answer[]): Map<string, number> => {
  const bookings = new Map<string, number>()
  for (const answer of answers) {
    const [primary] = answers
      .filter(({ planned, kind }) => planned.film === answer.planned.film && kind !== 'deadLettered')
      .toSorted((a, b) => rankOf(a) - rankOf(b) || Number(a.first - b.first))
    const booking = bookingOf(answer, primary)
    bookings.set(booking, (bookings.get(booking) ?? 0) + 1)
  }
  return bookings
}

/** Works out what a run must end with. */
export const expect = (schedule: Schedule, broker: SimulatedBroker): Expected => {
  const answers = new Map<string, Answer>()
  const unattributed = new Set<string>()
  const imageRecords = new Set<string>()
  const blockedAt = new Map<number, bigint>()
  for (const record of broker.all(imagesTopic.name)) {
    const { index, attempt } = plannedIn(record.headers)
    const planned = schedule.films[index]
    if (planned === undefined) throw new Error('a record of no planned film')
    if (blockedAt.has(record.partition)) continue
    if (planned.kind === 'laterVersion') {
      blockedAt.set(record.partition, record.offset)
      continue
    }
    imageRecords.add(pointerOf(record))
    if (planned.kind === 'unreadable') {
      unattributed.add(pointerOf(record))
      continue
    }
    const { kind } = outcomeOf(planned, attempt)
    const known = answers.get(arrivalIdOf(index))
    const answer = {
      planned,
      index,
      attempt,
      offset: record.offset,
      first: known?.first ?? record.offset,
      kind,
    }
    if (countsMore(answer, known)) answers.set(arrivalIdOf(index), answer)
  }
  return {
    verdicts: new Map(
      [...answers].map(([id, { attempt, offset, kind }]) => [id, verdictText(attempt, `${offset}`, kind)]),
    ),
    unattributed,
    imageRecords,
    bookings: bookingsOf([...answers.values()]),
    blockedAt,
  }
}
