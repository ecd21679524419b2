import type { InboxAnswer, IncomingFilm } from '../../../src/contracts/film-inbox.ts'
import { openSealedInbox, type SealedInboxOptions } from '../../../src/producers/inbox/film-inbox.ts'
import type { SpoolHandle } from '../../../src/producers/spool-folder.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'

export const testKey = Buffer.alloc(32, 7)

/** An inbox as a process of its own would have it, with the films that it kept. */
export const openTestInbox = async (
  folder: string,
  id: string,
  options: Partial<SealedInboxOptions> & { readonly alive?: readonly string[] } = {},
) => {
  const kept: SpoolHandle[] = []
  const inbox = await openSealedInbox({
    folder,
    key: testKey,
    quotaBytes: 1e9,
    logger: silentLogger,
    now: () => new Date('2026-03-01T10:00:00.000Z'),
    onKept: (handle) => kept.push(handle),
    owner: { id, isAlive: (other) => other === id || (options.alive ?? []).includes(other) },
    ...options,
  })
  /** Begins a film, which must be possible. */
  const begin = async (siteId = 'lisbon'): Promise<IncomingFilm> => {
    const film = await inbox.open({ siteId, via: 'c-store' })
    if (typeof film === 'string') throw new Error(film)
    return film
  }
  const give = async (content: Uint8Array, siteId?: string): Promise<InboxAnswer> => {
    const film = await begin(siteId)
    await film.write(content)
    return film.keep()
  }
  return { ...inbox, kept, begin, give }
}
