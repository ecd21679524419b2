import { type DeliveryKind, deliveryKinds, quotas } from './delivery-kinds.ts'
import type { SimulatedClinic } from './describe-clinics.ts'
import { below, type Random, randomFor, shuffled, weightedIndex } from './seeded-random.ts'

/** What is on a film, and under which name it will be drawn again the same. */
export type PlannedFilm = {
  /** Number of the film in its country: its UIDs and its noise follow from it. */
  readonly film: number
  /** Number of the person in the clinic. */
  readonly person: number
  readonly view: 'pelvis' | 'left' | 'right'
  /** ISO 8601 instant of the exposure. */
  readonly acquiredAt: string
}

/** One delivery before its bytes are made; plain data, so that a worker can take it. */
export type PlannedDelivery = PlannedFilm & {
  readonly index: number
  readonly siteId: string
  readonly kind: DeliveryKind
  /** ISO 8601 instant at which the clinic sends it. */
  readonly sentAt: string
}

export type DeliveryPlanOptions = {
  readonly clinics: readonly SimulatedClinic[]
  readonly studies: number
  readonly seed: number
  /** The last instant of the period. */
  readonly until: Date
  readonly days: number
}

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs
const returningShare = 0.35
const views = { pelvis: 0.5, left: 0.25, right: 0.25 }

const isAgain = (kind: DeliveryKind): boolean => kind === 'resend' || kind === 'conflict'
/** Only whole films with a header of their own are sent again. */
const canComeAgain = (kind: DeliveryKind): boolean => kind === 'film' || kind === 'late'

/** The kinds in the order of sending; what is sent again never stands before the first film. */
const kindsInOrder = (total: number, random: Random): DeliveryKind[] => {
  const counts = quotas(total)
  const all = deliveryKinds.flatMap((kind) => Array.from({ length: counts[kind] }, () => kind))
  return shuffled(random, all)
}

type Progress = {
  readonly people: Map<string, number>
  /** Films of a clinic that have been sent once. */
  readonly sentOnce: Map<string, PlannedDelivery[]>
  films: number
}

const choosePerson = (progress: Progress, siteId: string, random: Random): number => {
  const known = progress.people.get(siteId) ?? 0
  if (known > 0 && random() < returningShare) return below(random, known)
  progress.people.set(siteId, known + 1)
  return known
}

const chooseView = (random: Random): PlannedFilm['view'] => {
  const names = ['pelvis', 'left', 'right'] as const
  return names[weightedIndex(random, Object.values(views))] ?? 'pelvis'
}

/** Most films are sent within the hour; a late one weeks after it was taken. */
const acquiredBefore = (kind: DeliveryKind, sentAt: Date, random: Random): string => {
  const delayMs = kind === 'late' ? (20 + 70 * random()) * dayMs : (0.1 + 0.8 * random()) * hourMs
  return new Date(sentAt.getTime() - delayMs).toISOString()
}

const planNew = (
  base: { index: number; siteId: string; kind: DeliveryKind; sentAt: Date },
  progress: Progress,
  random: Random,
): PlannedDelivery => {
  progress.films += 1
  return {
    ...base,
    sentAt: base.sentAt.toISOString(),
    film: progress.films,
    person: choosePerson(progress, base.siteId, random),
    view: chooseView(random),
    acquiredAt: acquiredBefore(base.kind, base.sentAt, random),
  }
}

const rememberFilm = (progress: Progress, delivery: PlannedDelivery): void => {
  const films = progress.sentOnce.get(delivery.siteId) ?? []
  films.push(delivery)
  progress.sentOnce.set(delivery.siteId, films)
}

/** A film is sent again once at most: which of three came first would otherwise depend on the network. */
const takeEarlier = (progress: Progress, siteId: string, random: Random): PlannedDelivery | undefined => {
  const own = progress.sentOnce.get(siteId) ?? []
  const others = [...progress.sentOnce.values()].find((films) => films.length > 0) ?? []
  const films = own.length > 0 ? own : others
  return films.splice(below(random, films.length), 1)[0]
}

/** Plans every delivery in the order in which they are sent: the same plan for the same options. */
export const planDeliveries = (options: DeliveryPlanOptions): readonly PlannedDelivery[] => {
  const { clinics, studies, seed, until, days } = options
  const random = randomFor(seed, 'plan')
  const weights = clinics.map((clinic) => clinic.volume)
  const kinds = kindsInOrder(studies, random)
  const progress: Progress = { people: new Map(), sentOnce: new Map(), films: 0 }
  const startMs = until.getTime() - days * dayMs
  return kinds.map((planned, index) => {
    const siteId = clinics[weightedIndex(random, weights)]?.siteId ?? ''
    const sentAt = new Date(Math.floor(startMs + (days * dayMs * (index + random())) / studies))
    const earlier = isAgain(planned) ? takeEarlier(progress, siteId, random) : undefined
    if (earlier !== undefined) return { ...earlier, index, kind: planned, sentAt: sentAt.toISOString() }
    // Nothing was sent yet that could come again: the clinic sends a film.
    const kind = isAgain(planned) ? 'film' : planned
    const delivery = planNew({ index, siteId, kind, sentAt }, progress, random)
    if (canComeAgain(kind)) rememberFilm(progress, delivery)
    return delivery
  })
}
