import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { choosePorts } from '../../src/embedded/free-port.ts'
import type { ServicePlan } from '../../src/embedded/launch-service.ts'

/** The plan of a tiny service over a folder, and its port. */
export const tinyPlan = async (folder: string, mode = ''): Promise<ServicePlan & { port: number }> => {
  const [port = 0] = await choosePorts(join(folder, 'ports.json'), [undefined])
  return {
    name: 'kafka',
    title: 'The service',
    command: process.execPath,
    args: [fileURLToPath(new URL('./tiny-service.ts', import.meta.url)), String(port), mode],
    ports: [{ port, setting: 'OSTEOSTREAM_KAFKA_PORT' }],
    logFile: join(folder, 'log', 'service.log'),
    processFile: join(folder, 'process.id'),
    ask: () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy()
          resolve()
        })
        socket.once('error', reject)
      }),
    port,
  }
}
