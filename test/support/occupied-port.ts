import { createServer } from 'node:net'

/** A port on which another program listens until the test ends. */
export const occupiedPort = (t: { after: (work: () => Promise<void>) => void }): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer((client) => client.destroy())
    server.once('error', reject)
    server.listen(0, () => {
      t.after(() => new Promise((closed) => server.close(() => closed())))
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
