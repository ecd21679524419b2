import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** How the way to ClickHouse is at the moment. */
export type ProxyMode = 'open' | 'slow' | 'read-only' | 'full'

/** What ClickHouse answers to an insert when it cannot write. */
const refusals = {
  'read-only': { code: 242, name: 'TABLE_IS_READ_ONLY', text: 'Table is in readonly mode' },
  full: { code: 243, name: 'NOT_ENOUGH_SPACE', text: 'Cannot reserve 1.00 MiB, not enough space' },
} as const

/** Long enough to pile up batches, short of every time limit. */
const slownessMs = 4000

/**
 * Stands between the engine's processes and the real ClickHouse: lets everything through, or makes the server look
 * slow, read-only or full, as it answers when it is, or cuts every connection.
 */
export const startClickHouseProxy = async (target: string) => {
  let mode: ProxyMode = 'open'
  const sockets = new Set<Socket>()
  const { hostname, port } = new URL(target)
  const isInsert = (url: string): boolean => /[?&]query=INSERT/i.test(url)
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    if (mode === 'slow') await delay(slownessMs)
    const refusal = mode === 'read-only' || mode === 'full' ? refusals[mode] : undefined
    if (refusal !== undefined && isInsert(incoming.url ?? '')) {
      incoming.resume()
      outgoing.writeHead(500, { 'x-clickhouse-exception-code': String(refusal.code) })
      outgoing.end(`Code: ${refusal.code}. DB::Exception: ${refusal.text}. (${refusal.name})\n`)
      return
    }
    const passed = request(
      { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    // A server that is away looks to the client as it does without this process: the connection breaks.
    passed.on('error', () => outgoing.destroy())
    outgoing.on('close', () => passed.destroy())
    incoming.pipe(passed)
  }
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    become: (next: ProxyMode): void => {
      mode = next
    },
    cut,
    stop: async (): Promise<void> => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
export type ClickHouseProxy = Awaited<ReturnType<typeof startClickHouseProxy>>
