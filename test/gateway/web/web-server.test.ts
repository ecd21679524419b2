import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { clinicEntrySchema } from '../../../src/gateway/clinics/clinic-registry.ts'
import { startWebServer, type WebServerOptions } from '../../../src/gateway/web/start-web-server.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { sha256Of } from '../../../src/runtime/sha256.ts'
import { startTelemetry } from '../../../src/runtime/telemetry.ts'
import { openTestInbox } from '../../producers/inbox/open-inbox.ts'
import { noiseFilm } from '../../support/noise-film.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { waitFor } from '../../support/wait-for.ts'

type Tester = { after: (work: () => Promise<void>) => void }

const clinics = [
  clinicEntrySchema.parse({ clinic: 'lisbon', tokens: [sha256Of('token-of-lisbon')] }),
  clinicEntrySchema.parse({
    clinic: 'porto',
    tokens: [sha256Of('token-of-porto')],
    addresses: ['192.0.2.1'],
  }),
]

const openWeb = async (t: Tester, options: Partial<WebServerOptions> & { quotaBytes?: number } = {}) => {
  const folder = join(await tempDir(t), 'inbox')
  const inbox = await openTestInbox(folder, '1-a', { quotaBytes: options.quotaBytes ?? 1e9 })
  const telemetry = startTelemetry({ service: 'test', version: '0' })
  const crashes: Error[] = []
  const server = await startWebServer({
    address: { host: '127.0.0.1', port: 0, portSetting: 'OSTEOSTREAM_GATEWAY_HTTP_PORT' },
    inbox,
    clinics: async () => clinics,
    mostRequests: 4,
    idleMs: 5000,
    logger: silentLogger,
    telemetry,
    onCrash: (error) => crashes.push(error),
    ...options,
  })
  t.after(async () => {
    await server.stop()
    await telemetry.stop()
    assert.deepEqual(crashes, [])
  })
  const post = (path: string, type: string, body: Uint8Array<ArrayBuffer>, token = 'token-of-lisbon') =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      body,
    })
  const kept = async () => {
    const entries = await Promise.all(inbox.kept.map((handle) => inbox.read(handle)))
    return entries.flatMap((entry) => (entry === undefined ? [] : [entry.kept]))
  }
  const files = async () =>
    (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile() && !entry.parentPath.includes('sequences'),
    )
  return { ...server, inbox, post, kept, files }
}

const related = 'multipart/related; type="application/dicom"; boundary=limit'
const body = (...parts: readonly { head?: string; content: Uint8Array }[]): Buffer<ArrayBuffer> =>
  Buffer.concat([
    ...parts.flatMap(({ head = 'Content-Type: application/dicom', content }) => [
      Buffer.from(`--limit\r\n${head}\r\n\r\n`),
      content,
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--limit--\r\n'),
  ])

describe('STOW-RS', () => {
  test('stores what it can and says what it cannot: 200, 202, 409, 400', async (t) => {
    const web = await openWeb(t)
    const good = { content: noiseFilm('1.2.3') }
    const bad = { content: Buffer.from('no DICOM') }
    const store = (...parts: { content: Uint8Array }[]) =>
      web.post('/dicom-web/studies', related, body(...parts))
    const all = await store(good, { content: noiseFilm('1.2.4', [], 1024) })
    assert.equal(all.status, 200)
    assert.equal(all.headers.get('content-type'), 'application/dicom+json')
    const stored = JSON.parse(await all.text())['00081199'].Value
    assert.deepEqual(
      stored.map((entry: Record<string, { Value: string[] }>) => entry['00081155']?.Value[0]),
      ['1.2.3', '1.2.4'],
    )
    const some = await store(good, bad)
    assert.equal(some.status, 202)
    assert.deepEqual(JSON.parse(await some.text())['00081198'].Value[0]['00081197'].Value, [0xc000])
    assert.equal((await store(bad)).status, 409)
    assert.equal((await store()).status, 400)
    assert.deepEqual(
      (await web.kept()).map(({ siteId, via, sequence }) => [siteId, via, sequence]),
      [
        ['lisbon', 'stow-rs', 1],
        ['lisbon', 'stow-rs', 2],
        ['lisbon', 'stow-rs', 3],
      ],
    )
  })

  test('a full inbox is a failure of each instance, which the sender sends again', async (t) => {
    const web = await openWeb(t, { quotaBytes: 1000 })
    const answer = await web.post('/dicom-web/studies', related, body({ content: noiseFilm('1.2.3') }))
    assert.equal(answer.status, 409)
    assert.deepEqual(JSON.parse(await answer.text())['00081198'].Value[0]['00081197'].Value, [0xa700])
    assert.deepEqual(await web.files(), [])
  })

  test('a body that breaks off leaves what was whole, and nothing of the rest', async (t) => {
    const web = await openWeb(t)
    const whole = body({ content: noiseFilm('1.2.3') }, { content: noiseFilm('1.2.4') })
    const cut = whole.subarray(0, whole.length - 20_000)
    const answer = await web.post('/dicom-web/studies', related, Buffer.from(cut))
    assert.equal(answer.status, 400)
    assert.equal((await web.kept()).length, 1)
    assert.equal((await web.files()).length, 2)
  })

  test('a connection that is lost in the middle leaves nothing', async (t) => {
    const web = await openWeb(t)
    const socket = connect(web.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    const whole = body({ content: noiseFilm('1.2.4', [], 1024) })
    socket.write(
      `POST /dicom-web/studies HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-of-lisbon\r\nContent-Type: ${related}\r\nContent-Length: ${whole.length}\r\n\r\n`,
    )
    socket.write(whole.subarray(0, 1_500_000))
    await waitFor('the film to begin', async () => (await web.files()).length > 0)
    socket.destroy()
    await waitFor('nothing to be left', async () => (await web.files()).length === 0)
    assert.equal(
      (await web.post('/dicom-web/studies', related, body({ content: noiseFilm('1.2.3') }))).status,
      200,
    )
  })
})

describe('upload', () => {
  const form = 'multipart/form-data; boundary=limit'
  const note = (text: string) => ({
    head: 'Content-Disposition: form-data; name="note"',
    content: Buffer.from(text),
  })
  const film = {
    head: 'Content-Disposition: form-data; name="film"; filename="a.png"\r\nContent-Type: image/png',
    content: Buffer.from('picture'),
  }

  test('takes a film with its note, and without', async (t) => {
    const web = await openWeb(t)
    const answer = await web.post('/films', form, body(note('{"patientId":"7","ageYears":71}'), film))
    assert.equal(answer.status, 200)
    assert.match(JSON.parse(await answer.text()).arrivalId, /^[0-9a-f-]{36}$/)
    assert.equal((await web.post('/films', form, body(film))).status, 200)
    assert.deepEqual(
      (await web.kept()).map((entry) => [entry.via, entry.note]),
      [
        ['upload', { patientId: '7', ageYears: 71 }],
        ['upload', undefined],
      ],
    )
  })

  test('says what of a request is wrong, keeps nothing of it, and repeats nothing that it holds', async (t) => {
    const web = await openWeb(t)
    const wrong = [
      [body(note('{"patientId":'), film), /no JSON/],
      [body(note('{"ageYears":"SECRET"}'), film), /ageYears/],
      [body(note('{"SECRET":1}'), film), /not as it must be/],
      [body(film, note('{}')), /parts are/],
      [body(note('{}')), /no film/],
      [body(film, film), /one film/],
      [Buffer.from('nonsense'), /truncated|malformed/],
    ] as const
    for (const [content, detail] of wrong) {
      const answer = await web.post('/films', form, Buffer.from(content))
      const text = await answer.text()
      assert.equal(answer.status, 400, text)
      assert.match(text, detail)
      assert.ok(!text.includes('SECRET'))
    }
    assert.deepEqual(await web.files(), [])
  })
})

describe('who may send', () => {
  test('401 without a token, with a wrong one, and from an address that is not the clinic’s', async (t) => {
    const web = await openWeb(t)
    for (const token of ['', 'guess', 'token-of-porto']) {
      const answer = await web.post('/films', 'multipart/form-data; boundary=limit', Buffer.from('x'), token)
      assert.equal(answer.status, 401, token)
    }
    assert.equal((await web.post('/other', 'text/plain', Buffer.from('x'))).status, 404)
    assert.equal((await web.post('/films', 'text/plain', Buffer.from('x'))).status, 415)
    assert.equal((await fetch(`http://127.0.0.1:${web.port}/films`)).status, 405)
  })

  test('whoever sends byte by byte is cut', { timeout: 20_000 }, async (t) => {
    const web = await openWeb(t, { idleMs: 400 })
    const socket = connect(web.port, '127.0.0.1')
    await once(socket, 'connect')
    // A write that comes after the cut is an error of the socket, and not of this test.
    socket.on('error', () => {})
    const ended = new Promise((resolve) => socket.once('close', resolve))
    const request = `POST /films HTTP/1.1\r\nX-Slow: ${'a'.repeat(1000)}`
    let at = 0
    const drip = setInterval(() => socket.write(request.slice(at, (at += 1))), 50)
    t.after(async () => clearInterval(drip))
    socket.resume()
    await ended
  })
})
