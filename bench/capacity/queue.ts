import { partitionsOfFilms } from './partitions.ts'

/** What comes. */
export type Load = {
  readonly name: string
  readonly filmsAYear: number
  /** Films of an archive that are to be read within 72 hours, beside the live ones. */
  readonly backfillFilms: number
}

/** What was measured. */
export type Speed = {
  readonly filmsPerSAPod: number
  readonly rowsPerSASink: number
  readonly megabytesAFilm: number
}

/** What a load asks for. */
export type Need = {
  readonly busiestFilmsPerS: number
  readonly pods: number
  readonly partitions: number
  readonly sinks: number
  readonly kafkaTerabytes: number
  readonly megabitsPerS: number
}

/** Working days, and how much of a day's films come in its busiest hour (hospitals film in the forenoon). */
const workingDays = 250
const busiestHourShare = 0.16
const secondsOfBackfill = 72 * 3600
/** A pod is planned to be busy for this share: the rest is for bursts, restarts and the loss of a zone. */
const planned = 0.6
const keptDays = 45
const copies = 3

/** Films a second in the busiest hour, an archive included. */
export const busiestFilmsPerS = ({ filmsAYear, backfillFilms }: Load): number =>
  ((filmsAYear / workingDays) * busiestHourShare) / 3600 + backfillFilms / secondsOfBackfill

/** Pods, partitions, sinks, room and network for a load. */
export const needOf = (load: Load, speed: Speed): Need => {
  const perS = busiestFilmsPerS(load)
  const pods = Math.max(2, Math.ceil(perS / speed.filmsPerSAPod / planned))
  const filmsKept = (load.filmsAYear / 365) * keptDays + load.backfillFilms
  return {
    busiestFilmsPerS: perS,
    pods,
    partitions: partitionsOfFilms,
    // A film makes two records for the sink: a receipt and a verdict.
    sinks: Math.max(2, Math.ceil((2 * perS) / speed.rowsPerSASink / planned)),
    kafkaTerabytes: (filmsKept * speed.megabytesAFilm * copies) / 1e6,
    megabitsPerS: perS * speed.megabytesAFilm * 8,
  }
}

/** A small generator of numbers from 0 to 1 (mulberry32), so that two runs say the same. */
const seeded = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Films that are simulated: the busiest hour, again and again. */
const simulatedFilms = 20_000

/**
 * How long films wait in the busiest hour, by a simulation of as many queues as partitions: films come at random, each to the
 * partition of its key, and a pod reads the partitions that it was given, one film after another.
 */
export const waitsOf = (load: Load, pods: number, speed: Speed, seed = 25) => {
  const random = seeded(seed)
  const perS = busiestFilmsPerS(load)
  const working = Math.min(pods, partitionsOfFilms)
  const freeAt = Array.from({ length: working }, () => 0)
  const waits: number[] = []
  let now = 0
  for (let film = 0; film < simulatedFilms; film += 1) {
    now -= Math.log(1 - random()) / perS
    const pod = Math.floor(random() * partitionsOfFilms) % working
    // Films differ: half of the time is the same for all, half by what a film asks for.
    const service = (0.5 - 0.5 * Math.log(1 - random())) / speed.filmsPerSAPod
    const begins = Math.max(now, freeAt[pod] ?? 0)
    freeAt[pod] = begins + service
    waits.push(begins + service - now)
  }
  const sorted = waits.toSorted((a, b) => a - b)
  return {
    medianS: sorted[Math.floor(simulatedFilms * 0.5)] ?? 0,
    p99S: sorted[Math.floor(simulatedFilms * 0.99)] ?? 0,
    podsAtWork: working,
  }
}
