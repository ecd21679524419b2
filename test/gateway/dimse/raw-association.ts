import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const item = (type: number, content: Buffer): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt8(type, 0)
  head.writeUInt16BE(content.length, 2)
  return Buffer.concat([head, content])
}

/** A PDU of a type, which may lie about its length. */
export const pdu = (type: number, content: Buffer, length = content.length): Buffer => {
  const head = Buffer.alloc(6)
  head.writeUInt8(type, 0)
  head.writeUInt32BE(length, 2)
  return Buffer.concat([head, content])
}

/** A piece of data in a context, which may lie about its length. */
export const pdv = (
  context: number,
  flags: { command?: boolean; last?: boolean },
  content: Buffer,
  length = content.length + 2,
): Buffer => {
  const head = Buffer.alloc(6)
  head.writeUInt32BE(length, 0)
  head.writeUInt8(context, 4)
  head.writeUInt8((flags.command === true ? 1 : 0) + (flags.last === true ? 2 : 0), 5)
  return Buffer.concat([head, content])
}

export const filmClass = '1.2.840.10008.5.1.4.1.1.1.1'
export const explicitLittleEndian = '1.2.840.10008.1.2.1'

/** An association request with one context for each class. */
export const associationRequest = (
  classes: readonly string[] = [filmClass],
  titles: { called?: string; calling?: string } = {},
): Buffer => {
  const contexts = classes.map((uid, index) =>
    item(
      0x20,
      Buffer.concat([
        Buffer.from([2 * index + 1, 0, 0, 0]),
        item(0x30, Buffer.from(uid)),
        item(0x40, Buffer.from(explicitLittleEndian)),
      ]),
    ),
  )
  const user = item(0x50, item(0x51, Buffer.from([0, 0, 0x40, 0])))
  return pdu(
    1,
    Buffer.concat([
      Buffer.from([0, 1, 0, 0]),
      Buffer.from((titles.called ?? 'OSTEO').padEnd(16)),
      Buffer.from((titles.calling ?? 'XRAY1').padEnd(16)),
      Buffer.alloc(32),
      item(0x10, Buffer.from('1.2.840.10008.3.1.1.1')),
      ...contexts,
      user,
    ]),
  )
}

const element = (number: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt16LE(0, 0)
  head.writeUInt16LE(number, 2)
  head.writeUInt32LE(value.length, 4)
  return Buffer.concat([head, value])
}

const short = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

const even = (text: string): Buffer => Buffer.from(text.length % 2 === 0 ? text : `${text}\0`)

/** The command set of a C-STORE, or of another request with a data set. */
export const command = (field = 0x0001, uid = filmClass): Buffer => {
  const elements = Buffer.concat([
    element(0x0002, even(uid)),
    element(0x0100, short(field)),
    element(0x0110, short(1)),
    element(0x0700, short(0)),
    element(0x0800, short(1)),
    element(0x1000, even('1.2.3.4')),
  ])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(elements.length)
  return Buffer.concat([element(0, length), elements])
}

/** A connection that says what it likes; `answer` is the next PDU, `ended` resolves when the other side has closed. */
export const openRaw = async (t: { after: (work: () => void) => void }, port: number) => {
  const socket: Socket = connect(port, '127.0.0.1')
  t.after(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  let received = Buffer.alloc(0)
  let wake = (): void => {}
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes])
    wake()
  })
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.once('close', () => wake())
  const answer = async (): Promise<Buffer | undefined> => {
    for (;;) {
      if (received.length >= 6 && received.length >= 6 + received.readUInt32BE(2)) {
        const end = 6 + received.readUInt32BE(2)
        const found = received.subarray(0, end)
        received = received.subarray(end)
        return found
      }
      if (socket.destroyed) return undefined
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return { socket, answer, ended, send: (...parts: Buffer[]) => socket.write(Buffer.concat(parts)) }
}

/** The status of a response to a C-STORE. */
export const statusOf = (response: Buffer | undefined): number | undefined => {
  const at = response?.indexOf(Buffer.from([0, 0, 0x00, 0x09, 2, 0, 0, 0])) ?? -1
  return at < 0 ? undefined : response?.readUInt16LE(at + 8)
}
