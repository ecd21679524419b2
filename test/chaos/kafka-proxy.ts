import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * Stands between everybody and the real broker, which advertises the proxy's address as its own: lets everything
 * through until every connection is cut.
 */
export const startKafkaProxy = async () => {
  let broker: { readonly host: string; readonly port: number } | undefined
  const sockets = new Set<Socket>()
  const answering = new Map<Socket, Socket>()
  let refused: number | undefined
  const server = createServer((client) => {
    if (broker === undefined) return void client.destroy()
    const server = connect({ ...broker, noDelay: true })
    client.setNoDelay(true)
    const pair = [client, server] as const
    const end = (): void => {
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) {
      sockets.add(socket)
      socket.on('error', end)
      // A broker that is away looks to the client as it does without this process: the connection breaks.
      socket.on('close', () => {
        sockets.delete(socket)
        answering.delete(socket)
        end()
      })
    }
    answering.set(server, client)
    // kafkajs writes a request at once: its size in four bytes, then what is asked in two.
    client.on('data', (request: Buffer) => {
      if (request.length < 6 || request.readInt16BE(4) !== refused) return
      refused = undefined
      end()
    })
    client.pipe(server).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    /** What the broker has to advertise. */
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Begins to let through, to the broker at `host:port`. */
    leadTo: (address: string): void => {
      const [host = '', port = ''] = address.split(':')
      broker = { host, port: Number(port) }
    },
    /** Lets no answer through on the connections of now; what they ask still reaches the broker. */
    holdAnswers: (): void => {
      for (const [server, client] of answering) server.unpipe(client)
    },
    /** Cuts the connection on which the next request of a kind is asked, by its number in Kafka's protocol. */
    refuseNext: (apiKey: number): void => {
      refused = apiKey
    },
    cut,
    stop: async (): Promise<void> => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
export type KafkaProxy = Awaited<ReturnType<typeof startKafkaProxy>>
