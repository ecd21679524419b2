import type {
  FilmInbox,
  FilmNote,
  InboxAnswer,
  InboxRefusal,
  IncomingFilm,
} from '../../contracts/film-inbox.ts'
import { uidInHead } from '../dimse/receive-object.ts'

/** A film that comes over HTTP, and what is seen of it as it goes by. */
export type TakenFilm = {
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly keep: () => Promise<InboxAnswer>
  readonly drop: () => Promise<void>
  readonly head: () => Uint8Array
}

const headBytes = 4096

/** Takes one film into the inbox while it comes. */
export const takeFilm = (
  inbox: FilmInbox,
  delivery: { readonly siteId: string; readonly via: 'stow-rs' | 'upload'; readonly note?: FilmNote },
): TakenFilm => {
  let opening: Promise<IncomingFilm | InboxRefusal> | undefined
  let head: Buffer = Buffer.alloc(0)
  const open = (): Promise<IncomingFilm | InboxRefusal> => (opening ??= inbox.open(delivery))
  return {
    write: async (bytes) => {
      if (head.length < headBytes) head = Buffer.concat([head, bytes.subarray(0, headBytes - head.length)])
      const film = await open()
      if (typeof film !== 'string') await film.write(bytes)
    },
    keep: async () => {
      const film = await open()
      return typeof film === 'string' ? { kind: 'refused', why: film } : film.keep()
    },
    drop: async () => {
      const film = await opening
      if (film !== undefined && typeof film !== 'string') await film.drop()
    },
    head: () => head,
  }
}

/** Whether bytes begin like a Part 10 file, which is what DICOMweb sends. */
export const isPart10 = (head: Uint8Array): boolean =>
  Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1', 128, 132) === 'DICM'

/** Class and id of an instance, as far as its beginning tells. */
export const identifiersIn = (head: Uint8Array) => ({
  sopClassUid: uidInHead(head, 0x0016),
  sopInstanceUid: uidInHead(head, 0x0018),
})
