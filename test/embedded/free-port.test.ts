import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { choosePorts, isFree, requireFree } from '../../src/embedded/free-port.ts'
import { tempDir } from '../support/temp-dir.ts'

const listenOn = (
  t: { after: (work: () => Promise<void>) => void },
  port: number,
  host: string,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, host, () => {
      t.after(() => new Promise((closed) => server.close(() => closed())))
      resolve()
    })
  })

describe('ports of embedded services', () => {
  test('stay the same from start to start, and lie below those of outgoing connections', async (t) => {
    const file = join(await tempDir(t), 'ports.json')
    const first = await choosePorts(file, [undefined, undefined])
    assert.equal(new Set(first).size, 2)
    for (const port of first) assert.ok(port >= 15_000 && port < 32_000 && (await isFree(port)))
    assert.deepEqual(await choosePorts(file, [undefined, undefined]), first)
  })

  test('one that another program has taken meanwhile is replaced', async (t) => {
    const file = join(await tempDir(t), 'ports.json')
    const [broker = 0, controller = 0] = await choosePorts(file, [undefined, undefined])
    await listenOn(t, broker, '0.0.0.0')
    const [other, same] = await choosePorts(file, [undefined, undefined])
    assert.notEqual(other, broker)
    assert.equal(same, controller)
  })

  test('one that was asked for is taken as it is, and never given to the other', async (t) => {
    const file = join(await tempDir(t), 'ports.json')
    const [, controller = 0] = await choosePorts(file, [undefined, undefined])
    const [broker, other] = await choosePorts(file, [controller, undefined])
    assert.equal(broker, controller)
    assert.notEqual(other, controller)
  })

  test('a port in use is refused with the setting that chooses it', async (t) => {
    const [port = 0] = await choosePorts(join(await tempDir(t), 'ports.json'), [undefined])
    await requireFree({ port, setting: 'OSTEOSTREAM_KAFKA_PORT' })
    await listenOn(t, port, '127.0.0.1')
    await assert.rejects(requireFree({ port, setting: 'OSTEOSTREAM_KAFKA_PORT' }), {
      code: 'PORT_IN_USE',
      message: RegExp(`${port}`),
      remedy: /set OSTEOSTREAM_KAFKA_PORT to another port/,
    })
  })
})
