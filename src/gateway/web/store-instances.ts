import type { IncomingMessage } from 'node:http'
import type { FilmInbox } from '../../contracts/film-inbox.ts'
import { storeStatuses } from '../dimse/negotiation.ts'
import type { StoredInstance } from './stow-answer.ts'
import { identifiersIn, isPart10, takeFilm } from './take-instance.ts'
import { type PartHeaders, type PartsEnd, type PartTaker, takeParts } from './take-parts.ts'

/** Instances of one request: more belong into another one. */
export const mostInstances = 200

const dropped: PartTaker = { write: async () => {}, end: async () => {}, drop: async () => {} }

const isDicom = (headers: PartHeaders): boolean =>
  (headers.get('content-type') ?? 'application/dicom').toLowerCase().startsWith('application/dicom')

/**
 * STOW-RS: takes each instance of a multipart body into the inbox while it comes. An instance that was whole before the
 * body broke off stays: it is safe, and its sender, who sends again, sends a duplicate.
 */
export const storeInstances = async (
  inbox: FilmInbox,
  request: IncomingMessage,
  of: { readonly siteId: string; readonly boundary: string },
): Promise<{ readonly end: PartsEnd; readonly instances: readonly StoredInstance[] }> => {
  const instances: StoredInstance[] = []
  const open = (headers: PartHeaders): PartTaker => {
    if (!isDicom(headers)) {
      instances.push({
        kind: 'failed',
        reason: storeStatuses.cannotUnderstand,
        ...identifiersIn(Buffer.alloc(0)),
      })
      return dropped
    }
    const film = takeFilm(inbox, { siteId: of.siteId, via: 'stow-rs' })
    const end = async (): Promise<void> => {
      const identifiers = identifiersIn(film.head())
      if (!isPart10(film.head())) {
        await film.drop()
        instances.push({ kind: 'failed', reason: storeStatuses.cannotUnderstand, ...identifiers })
        return
      }
      const answer = await film.keep()
      instances.push(
        answer.kind === 'kept'
          ? { kind: 'kept', arrivalId: answer.arrivalId, ...identifiers }
          : { kind: 'failed', reason: storeStatuses.outOfResources, ...identifiers },
      )
    }
    return { write: film.write, end, drop: film.drop }
  }
  const end = await takeParts(request, of.boundary, mostInstances, open)
  return { end, instances }
}
