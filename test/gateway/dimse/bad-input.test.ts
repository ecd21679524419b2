import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { noiseFilm } from '../../support/noise-film.ts'
import { waitFor } from '../../support/wait-for.ts'
import { openServer } from './open-server.ts'
import { associationRequest, command, openRaw, pdu, pdv, statusOf } from './raw-association.ts'

/** The data set of a film without its meta information. */
const bareDataSet = ((): Buffer => {
  const film = Buffer.from(noiseFilm('1.2.3.4'))
  return film.subarray(film.indexOf(Buffer.from([8, 0, 0x16, 0])))
})()

const inPieces = (content: Buffer, size = 16_000): Buffer[] =>
  Array.from({ length: Math.ceil(content.length / size) }, (_, index) => {
    const part = content.subarray(index * size, (index + 1) * size)
    return pdu(4, pdv(1, { last: (index + 1) * size >= content.length }, part))
  })

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('sequences'))
    .map(({ name }) => join(name))

describe('a sender that behaves', () => {
  test('gets a success for its film, which is in the inbox of its clinic', async (t) => {
    const server = await openServer(t)
    const raw = await openRaw(t, server.port)
    raw.send(associationRequest())
    assert.equal((await raw.answer())?.[0], 2)
    raw.send(pdu(4, pdv(1, { command: true, last: true }, command())), ...inPieces(bareDataSet))
    assert.equal(statusOf(await raw.answer()), 0)
    raw.send(pdu(5, Buffer.alloc(4)))
    assert.equal((await raw.answer())?.[0], 6)
    const [film] = await server.films()
    assert.deepEqual([film?.siteId, film?.via, film?.sequence], ['lisbon', 'c-store', 1])
    assert.ok(film?.content?.subarray(-bareDataSet.length).equals(bareDataSet), 'the data set byte for byte')
  })

  test('is not hurt by bytes that come one by one', async (t) => {
    const server = await openServer(t)
    const raw = await openRaw(t, server.port)
    const all = Buffer.concat([associationRequest()])
    for (const byte of all) raw.send(Buffer.from([byte]))
    assert.equal((await raw.answer())?.[0], 2)
    const message = Buffer.concat([
      pdu(4, pdv(1, { command: true, last: true }, command())),
      ...inPieces(bareDataSet.subarray(0, 3000), 700),
    ])
    for (let at = 0; at < message.length; at += 7) raw.send(message.subarray(at, at + 7))
    assert.equal(statusOf(await raw.answer()), 0)
  })
})

describe('a liar is cut at once, and leaves nothing', () => {
  const lies: readonly (readonly [
    name: string,
    fault: RegExp,
    sent: readonly Buffer[],
    associates?: boolean,
  ])[] = [
    [
      'a PDU of 4 GiB before any association',
      /before an association/,
      [pdu(4, Buffer.alloc(10), 0xfffffff0)],
      false,
    ],
    [
      'an association request of 4 GiB',
      /association request of/,
      [pdu(1, Buffer.alloc(10), 0xfffffff0)],
      false,
    ],
    ['what is no DICOM at all', /before an association/, [Buffer.from('GET / HTTP/1.1\r\n\r\n')], false],
    ['a data PDU of 4 GiB', /data PDU of 4294967280 bytes/, [pdu(4, Buffer.alloc(10), 0xfffffff0)]],
    [
      'a piece longer than its PDU',
      /longer than its PDU/,
      [pdu(4, pdv(1, {}, Buffer.alloc(10), 0x7fffffff))],
    ],
    ['a piece of length 0', /longer than its PDU/, [pdu(4, pdv(1, {}, Buffer.alloc(10), 0))]],
    [
      'data in a context that it has not',
      /not accepted/,
      [pdu(4, pdv(7, { command: true }, Buffer.alloc(10)))],
    ],
    [
      'a command without an end',
      /command without an end/,
      Array.from({ length: 3 }, () => pdu(4, pdv(1, { command: true }, Buffer.alloc(9000)))),
    ],
    [
      'a data set for a query, which would stay in memory',
      /belongs to no film/,
      [
        pdu(4, pdv(1, { command: true, last: true }, command(0x0020))),
        ...Array.from({ length: 60 }, () => pdu(4, pdv(1, {}, Buffer.alloc(16_000)))),
      ],
    ],
    ['a second association', /second association/, [associationRequest()]],
    ['a release with a tail', /type 5 with 9 bytes/, [pdu(5, Buffer.alloc(9))]],
    ['an unknown PDU', /PDU of type 9/, [pdu(9, Buffer.alloc(4))]],
  ]

  for (const [name, fault, sent, associates = true] of lies)
    test(name, async (t) => {
      const server = await openServer(t)
      const raw = await openRaw(t, server.port)
      if (associates) {
        raw.send(associationRequest())
        assert.equal((await raw.answer())?.[0], 2)
      }
      raw.send(...sent)
      await raw.ended
      const line = await waitFor('the line', () =>
        server.lines.find(({ message }) => message === 'association cut'),
      )
      assert.match(String(line.fields['fault']), fault)
      assert.deepEqual(await filesIn(server.folder), [])
    })

  test('a film that breaks off leaves nothing, and gets no number', async (t) => {
    const server = await openServer(t)
    const raw = await openRaw(t, server.port)
    raw.send(associationRequest())
    await raw.answer()
    raw.send(pdu(4, pdv(1, { command: true, last: true }, command())), ...inPieces(bareDataSet).slice(0, 3))
    await waitFor('the film to begin', async () => (await filesIn(server.folder)).length > 0)
    raw.send(pdu(7, Buffer.alloc(4)))
    await raw.ended
    await waitFor('an empty folder', async () => (await filesIn(server.folder)).length === 0)
    assert.deepEqual(await server.films(), [])
  })
})

describe('what the sender is told', () => {
  const store = async (
    t: { after: (work: () => Promise<void> | void) => void },
    content: readonly Buffer[],
    options: Parameters<typeof openServer>[1] = {},
    sent = command(),
  ) => {
    const server = await openServer(t, options)
    const raw = await openRaw(t, server.port)
    raw.send(associationRequest())
    await raw.answer()
    raw.send(pdu(4, pdv(1, { command: true, last: true }, sent)), ...content)
    return { server, status: statusOf(await raw.answer()) }
  }

  test('0xA700 when the inbox is full', async (t) => {
    const { status, server } = await store(t, inPieces(bareDataSet), { quotaBytes: 1000 })
    assert.equal(status, 0xa700)
    assert.deepEqual(await filesIn(server.folder), [])
    assert.equal(server.lines.at(-1)?.fields['why'], 'INBOX_FULL')
  })

  test('0xC000 for what is no data set, 0xA900 for another object than the command names', async (t) => {
    assert.equal((await store(t, inPieces(Buffer.alloc(5000, 0xff)))).status, 0xc000)
    assert.equal((await store(t, [pdu(4, pdv(1, { last: true }, Buffer.alloc(0)))])).status, 0xc000)
    const other = command(0x0001, '1.2.840.10008.5.1.4.1.1.7')
    assert.equal((await store(t, inPieces(bareDataSet), {}, other)).status, 0xa900)
  })

  test('success for a data set that ends early: its reason goes to the ledger', async (t) => {
    const { status, server } = await store(t, inPieces(bareDataSet.subarray(0, 20_000)))
    assert.equal(status, 0)
    assert.equal((await server.films()).length, 1)
  })

  test('why it may not come: title, clinic, number of associations', async (t) => {
    const server = await openServer(t, { mostAssociations: 2 })
    const rejectionOf = async (titles: { called?: string; calling?: string }) => {
      const raw = await openRaw(t, server.port)
      raw.send(associationRequest(undefined, titles))
      return [...((await raw.answer()) ?? [])].slice(7)
    }
    assert.deepEqual(await rejectionOf({ called: 'OTHER' }), [1, 1, 7])
    assert.deepEqual(await rejectionOf({ calling: 'STRANGER' }), [1, 1, 3])
    const held = [await openRaw(t, server.port), await openRaw(t, server.port)]
    for (const raw of held) {
      raw.send(associationRequest())
      assert.equal((await raw.answer())?.[0], 2)
    }
    assert.deepEqual(await rejectionOf({}), [2, 3, 2])
    held[0]?.socket.destroy()
    await waitFor('room', async () => {
      const raw = await openRaw(t, server.port)
      raw.send(associationRequest())
      return (await raw.answer())?.[0] === 2
    })
  })

  test('that storage commitment is not to be had', async (t) => {
    const server = await openServer(t)
    const raw = await openRaw(t, server.port)
    raw.send(associationRequest(['1.2.840.10008.1.20.1', '1.2.840.10008.1.1']))
    const answer = (await raw.answer()) ?? Buffer.alloc(0)
    // Presentation contexts of the answer: id, reserved, result.
    assert.ok(answer.includes(Buffer.from([1, 0, 3, 0])), 'abstract syntax not supported')
    assert.ok(answer.includes(Buffer.from([3, 0, 0, 0])), 'verification accepted')
  })
})

describe('whoever stays silent is cut', () => {
  test('before and after an association, and with one byte now and then', { timeout: 30_000 }, async (t) => {
    const server = await openServer(t, { idleMs: 300 })
    const silent = await openRaw(t, server.port)
    const slow = await openRaw(t, server.port)
    const request = associationRequest()
    let at = 0
    const drip = setInterval(() => slow.send(request.subarray(at, (at += 1))), 50)
    t.after(async () => clearInterval(drip))
    await Promise.all([silent.ended, slow.ended])
    const held = await openRaw(t, server.port)
    held.send(request)
    await held.answer()
    await held.ended
  })

  test('a thousand connections end, and a good one is served', { timeout: 60_000 }, async (t) => {
    const server = await openServer(t, { idleMs: 1000 })
    const crowd = await Promise.all(
      Array.from({ length: 1000 }, () => openRaw(t, server.port).catch(() => undefined)),
    )
    for (const raw of crowd) await raw?.ended
    const raw = await openRaw(t, server.port)
    raw.send(associationRequest())
    assert.equal((await raw.answer())?.[0], 2)
  })
})
