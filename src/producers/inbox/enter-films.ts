import type { FilmDelivery, InboxAnswer } from '../../contracts/film-inbox.ts'
import type { WriteAllDurably } from '../../runtime/durable-file.ts'
import { mintArrivalId } from '../arrival-id.ts'
import { type SpoolHandle, sideSuffix } from '../spool-folder.ts'
import type { SpoolSequence } from '../spool-sequence.ts'
import type { WrittenFilm } from './incoming-film.ts'
import { type KeptFilmSide, sealedSide } from './kept-film.ts'

/** A film whose bytes are on the disk. */
export type EnteringFilm = {
  readonly handle: SpoolHandle
  readonly delivery: FilmDelivery
  readonly written: WrittenFilm
  readonly traceparent: string | undefined
}

type Waiting = EnteringFilm & {
  readonly kept: (side: KeptFilmSide) => void
  readonly failed: (error: unknown) => void
}

export type EnterFilmsDeps = {
  readonly key: Uint8Array
  readonly sequence: SpoolSequence
  readonly writeAll: WriteAllDurably
  readonly now: () => Date
  /** Called for each film in the order of the numbers, before its sender is answered. */
  readonly onEntered: (film: EnteringFilm, side: KeptFilmSide) => void
}

/** Films that are forced to the disk together at most. */
const most = 16

const sideOf = (
  { delivery, written, traceparent }: EnteringFilm,
  spoolId: string,
  sequence: number,
  receivedAt: Date,
): KeptFilmSide => ({
  arrivalId: mintArrivalId(receivedAt),
  siteId: delivery.siteId,
  spoolId,
  sequence,
  receivedAt: receivedAt.toISOString(),
  via: delivery.via,
  lane: delivery.lane ?? 'live',
  size: written.size,
  isTooLarge: written.isTooLarge,
  ...(delivery.note === undefined ? {} : { note: delivery.note }),
  ...(traceparent === undefined ? {} : { traceparent }),
})

/**
 * Gives films their numbers, instants and ids, and makes their entries whole. Films of a site that come while others are
 * forced to the disk go together the next time: the disk is asked once for all of them. Side files get their names in the
 * order of the numbers, so that a process that is killed leaves no gap; where one cannot be written, none of them is kept.
 */
export const createEnterFilms = (deps: EnterFilmsDeps): ((film: EnteringFilm) => Promise<InboxAnswer>) => {
  const { key, sequence, writeAll, now, onEntered } = deps
  const waiting = new Map<string, Waiting[]>()

  const enterTogether = async (
    films: readonly Waiting[],
    first: number,
  ): Promise<readonly KeptFilmSide[]> => {
    const receivedAt = now()
    const sides = films.map((film, index) => sideOf(film, sequence.spoolId, first + index, receivedAt))
    await writeAll(
      films.flatMap(({ handle }, index) => {
        const side = sides[index]
        return side === undefined ? [] : [{ path: handle + sideSuffix, bytes: sealedSide(key, handle, side) }]
      }),
    )
    return sides
  }

  const empty = async (siteId: string, queue: Waiting[]): Promise<void> => {
    while (queue.length > 0) {
      const films = queue.slice(0, most)
      try {
        const sides = await sequence.keepNext(siteId, (number) => enterTogether(films, number), films.length)
        for (const [index, side] of sides.entries()) {
          const film = films[index]
          if (film === undefined) continue
          onEntered(film, side)
          film.kept(side)
        }
      } catch (error) {
        for (const { failed } of films) failed(error)
      }
      queue.splice(0, films.length)
    }
    waiting.delete(siteId)
  }

  return (film) =>
    new Promise((resolve, reject) => {
      const { siteId } = film.delivery
      const entering: Waiting = {
        ...film,
        kept: ({ arrivalId, receivedAt }) => resolve({ kind: 'kept', arrivalId, receivedAt }),
        failed: reject,
      }
      const queue = waiting.get(siteId)
      if (queue !== undefined) return void queue.push(entering)
      const fresh = [entering]
      waiting.set(siteId, fresh)
      void empty(siteId, fresh)
    })
}
