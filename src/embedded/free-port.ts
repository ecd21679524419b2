import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { z } from 'zod'

const listen = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      const found = typeof address === 'object' && address !== null ? address.port : undefined
      server.close(() => resolve(found))
    })
  })

/** Whether a loopback port can be taken now. */
export const isFree = async (port: number): Promise<boolean> => (await listen(port)) === port

const remembered = async (file: string): Promise<readonly number[]> => {
  const text = await readFile(file, 'utf8').catch(() => '[]')
  const parsed = z.array(z.int().min(1).max(65535)).safeParse(JSON.parse(text))
  return parsed.success ? parsed.data : []
}

/** Free loopback ports: those of the last start where they are still free, so that addresses stay. */
export const stablePorts = async (file: string, count: number): Promise<readonly number[]> => {
  const before = await remembered(file)
  const ports: number[] = []
  for (let index = 0; index < count; index += 1) {
    const last = before[index]
    const port = last !== undefined && (await isFree(last)) ? last : await listen(0)
    if (port === undefined) throw new Error('no free port on the loopback interface')
    ports.push(port)
  }
  await writeFile(file, JSON.stringify(ports))
  return ports
}
