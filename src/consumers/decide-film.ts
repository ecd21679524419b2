import { filmRecordOf } from '../contracts/film-record.ts'
import type { Verdict } from '../contracts/verdict.ts'
import { isRecordRefused, isRetryable, messageOf, systemCodeOf } from '../runtime/errors.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import { keepTrying } from '../runtime/keep-trying.ts'
import type { RecordInWork } from './records-in-work.ts'
import type { ScreeningLoopDeps } from './screening-loop.ts'

/** A film that the screening loop has in hand. */
export type FilmInWork = RecordInWork & {
  readonly record: ConsumedRecord
  readonly epoch: number
  /** What it takes of the byte budget. */
  readonly bytes: number
  readonly setAside: PromiseWithResolvers<void>
  isSetAside: boolean
}

/** How often a film may meet a fault of the program before it is given up. */
const mostFaults = 3

/** The name or the code of an error; its text may repeat what stands in a film's headers. */
const nameOf = (error: unknown): string =>
  systemCodeOf(error) ?? (error instanceof Error ? error.name : typeof error)

type Deps = Pick<ScreeningLoopDeps, 'screener' | 'publishVerdict' | 'logger' | 'pause' | 'progress'>
type IsCurrent = (epoch: number) => boolean

/** Notes what an attempt ended with, for people who ask why the film is still in work. */
const noting =
  <Result>(film: FilmInWork, work: () => Promise<Result>) =>
  async (): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      film.lastError = nameOf(error)
      throw error
    }
  }

/**
 * Creates the first step that may have to wait: the verdict. What passes is tried again for as long as the film is wanted;
 * a fault of the program becomes a dead letter, and so does a film that an operator sets aside. Undefined once it is not
 * wanted any more.
 */
export const createDecideFilm = (
  deps: Deps,
  isCurrent: IsCurrent,
): ((film: FilmInWork) => Promise<Verdict | undefined>) => {
  const screen = async (film: FilmInWork): Promise<Verdict | undefined> => {
    const record = filmRecordOf(film.record)
    let faults = 0
    const attempt = noting(film, () => deps.screener.screen(record))
    try {
      const screened = await keepTrying(attempt, {
        what: 'screening failed, trying again',
        isWanted: () => isCurrent(film.epoch) && !film.isSetAside,
        mayMend: (error) => {
          if (isRetryable(error)) return true
          faults += 1
          return faults < mostFaults
        },
        onAttempt: deps.progress.moved,
        logger: deps.logger,
        pause: deps.pause,
      })
      return screened?.value
    } catch (error) {
      const runbook = 'docs/runbook/dead-letters.md'
      deps.logger.error({ error: messageOf(error), runbook }, 'screening broke at a film: dead letter')
      return deps.screener.giveUp(record, 'ENGINE_FAULT', `${nameOf(error)}, ${faults} times`)
    }
  }
  const setAside = (film: FilmInWork): Verdict =>
    deps.screener.giveUp(filmRecordOf(film.record), 'SET_ASIDE', 'set aside by an operator')
  return async (film) => {
    if (film.isSetAside) return setAside(film)
    // What hangs does not answer: whoever sets the film aside does not wait for it.
    const verdict = await Promise.race([screen(film), film.setAside.promise])
    return film.isSetAside && isCurrent(film.epoch) ? setAside(film) : (verdict ?? undefined)
  }
}

/**
 * Creates the second one: the verdict's way into Kafka. One that Kafka refuses for good is replaced by a dead letter, which
 * is small. Answers what was stored; undefined once it is not wanted any more.
 */
export const createStoreVerdict =
  (deps: Deps, isCurrent: IsCurrent) =>
  async (film: FilmInWork, verdict: Verdict): Promise<Verdict | undefined> => {
    let given = verdict
    const store = noting(film, async () => {
      await deps.publishVerdict(given)
      return given
    })
    const stored = await keepTrying(store, {
      what: 'verdict not stored, trying again',
      isWanted: () => isCurrent(film.epoch),
      mayMend: (error) => {
        if (!isRecordRefused(error) || given !== verdict) return true
        const detail = `the verdict is refused: ${nameOf(error)}`
        given = deps.screener.giveUp(filmRecordOf(film.record), 'ENGINE_FAULT', detail)
        return true
      },
      onAttempt: deps.progress.moved,
      logger: deps.logger,
      pause: deps.pause,
    })
    return stored?.value
  }
