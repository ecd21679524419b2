import type { ServerResponse } from 'node:http'
import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'

/** Browsers that can listen at once; a further one is asked to come back. */
export const mostListeners = 200
/** A browser that does not read is let go when this much waits for it. */
const mostWaitingBytes = 64 * 1024

/** After this time a browser has to come again, with a session that still holds. */
export const longestMs = 15 * 60_000

/** Writes one event: always the whole state, so that whoever was away needs nothing that it missed. */
const eventText = (name: string, id: string, data: unknown): string =>
  `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`

type Listener = {
  readonly response: ServerResponse
  readonly read: () => Promise<unknown>
  readonly untilMs: number
  last: string
}

/** Tells listeners how things stand, each within its own scope, whenever that has changed. */
export const createEventStream = (options: {
  readonly everyMs: number
  readonly now: () => Date
  readonly logger: Logger
}) => {
  const listeners = new Set<Listener>()
  const tell = async (listener: Listener): Promise<void> => {
    const { response } = listener
    if (options.now().getTime() > listener.untilMs) return void response.end()
    if (response.writableLength > mostWaitingBytes) return void response.destroy()
    const data = await listener.read()
    const text = JSON.stringify(data)
    // A comment keeps the connection, and says that the page may call itself live.
    response.write(text === listener.last ? ': still here\n\n' : eventText('state', String(Date.now()), data))
    listener.last = text
  }
  const look = (): void => {
    for (const listener of listeners)
      tell(listener).catch((error: unknown) => {
        options.logger.warn({ error: messageOf(error) }, 'a page could not be told')
      })
  }
  const timer = setInterval(look, options.everyMs)
  return {
    /** False where there is no room. */
    add: (response: ServerResponse, read: () => Promise<unknown>): boolean => {
      if (listeners.size >= mostListeners) return false
      const listener: Listener = {
        response,
        read,
        untilMs: options.now().getTime() + longestMs,
        last: '',
      }
      listeners.add(listener)
      response.on('close', () => listeners.delete(listener))
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      response.write('retry: 3000\n\n')
      look()
      return true
    },
    stop: (): void => {
      clearInterval(timer)
      for (const { response } of listeners) response.end()
      listeners.clear()
    },
  }
}
export type EventStream = ReturnType<typeof createEventStream>
