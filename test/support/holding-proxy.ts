import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands before a server: lets everything through, holds its answers back, or cuts every connection. */
export const startHoldingProxy = async () => {
  let target: { readonly host: string; readonly port: number } | undefined
  let isHolding = false
  let heldBytes = 0
  const sockets = new Set<Socket>()
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const proxy = createServer((client) => {
    if (target === undefined) return void client.destroy()
    const server = connect(target)
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.pipe(server)
    server.on('data', (bytes: Buffer) => {
      if (isHolding) heldBytes += bytes.length
      else client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    /** `host:port`. */
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    leadTo: (address: string): void => {
      const [host = '', port = ''] = address.split(':')
      target = { host, port: Number(port) }
    },
    /** Holds answers back from now on, or lets later ones through. */
    hold: (holds: boolean): void => {
      isHolding = holds
      heldBytes = 0
    },
    /** Bytes of answers that are held back. */
    held: (): number => heldBytes,
    cut,
    stop: async (): Promise<void> => {
      cut()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}
