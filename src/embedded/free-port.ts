import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { z } from 'zod'
import { SetupError } from '../runtime/errors.ts'
import { readTextIfThere, replaceFile } from './kept-file.ts'

/**
 * Below the ports that Linux hands to outgoing connections. A client that keeps trying an address of that range
 * while its service is away can be given this very port and connect to itself; the service could then not come
 * back to it.
 */
const lowest = 15_000
const above = 32_000
const draws = 200

/** Whether a loopback port can be taken now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    // Clients that keep trying the address meet this server; one that stays would hold it open.
    const server = createServer((client) => client.destroy())
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** A port that a service needs, and the setting that chooses it. */
export type ServicePort = { readonly port: number; readonly setting: string }

/** Throws SetupError PORT_IN_USE where another program listens. */
export const requireFree = async ({ port, setting }: ServicePort): Promise<void> => {
  if (await isFree(port)) return
  throw new SetupError(
    'PORT_IN_USE',
    `port ${port} of 127.0.0.1 (${setting}) is in use`,
    `end the program that listens there (\`ss -ltnp | grep ${port}\` names it), or set ${setting} to another port`,
  )
}

const remembered = async (file: string): Promise<readonly number[]> => {
  const text = await readTextIfThere(file)
  return text === undefined ? [] : z.array(z.int().min(1).max(65535)).parse(JSON.parse(text))
}

const anyFree = async (taken: readonly number[]): Promise<number> => {
  for (let draw = 0; draw < draws; draw += 1) {
    const port = randomInt(lowest, above)
    if (!taken.includes(port) && (await isFree(port))) return port
  }
  throw new SetupError(
    'PORT_IN_USE',
    `no free port between ${lowest} and ${above} on the loopback interface`,
    'end programs that listen there (`ss -ltnp` names them)',
  )
}

/**
 * Loopback ports that nothing uses: those of the last start where they are still free, so that addresses stay.
 * A port that is `wanted` is taken as it is; whether it is free is seen when the service starts.
 */
export const choosePorts = async (
  file: string,
  wanted: readonly (number | undefined)[],
): Promise<readonly number[]> => {
  const before = await remembered(file)
  const ports: number[] = []
  for (const [index, port] of wanted.entries()) {
    const last = before[index]
    const isReusable = last !== undefined && !wanted.includes(last) && (await isFree(last))
    ports.push(port ?? (isReusable ? last : await anyFree([...ports, ...before])))
  }
  await replaceFile(file, JSON.stringify(ports))
  return ports
}
