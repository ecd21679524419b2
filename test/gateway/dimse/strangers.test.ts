import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { clinicEntrySchema } from '../../../src/gateway/clinics/clinic-registry.ts'
import { fingerprintOf, tlsOptions } from '../../../src/gateway/listen.ts'
import { parseDicom } from '../../../src/imaging/dicom/parse-dicom.ts'
import { readFilmHeader } from '../../../src/imaging/read-film-header.ts'
import { sha256Of } from '../../../src/runtime/sha256.ts'
import { noiseFilm } from '../../support/noise-film.ts'
import {
  missing,
  missingWithHip,
  realHip,
  realHipPixels,
  realHips,
  stranger,
} from '../../support/strangers.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { openServer } from './open-server.ts'

const titles = ['-aet', 'XRAY1', '-aec', 'OSTEO']

/** Bytes of the pixel data of a file, where they are not encapsulated. */
const pixelsOf = (file: Uint8Array): Uint8Array => {
  const parsed = parseDicom(file)
  if (parsed.kind !== 'ok' || parsed.value.pixelData === undefined) throw new Error('no pixels')
  const { offset, length } = parsed.value.pixelData
  return parsed.value.bytes.subarray(offset, offset + length)
}

describe('echoscu', { skip: missing('echoscu') }, () => {
  test('is answered; under a wrong or unknown title it is told why not', async (t) => {
    const { port } = await openServer(t)
    const echo = (...args: string[]) => stranger('echoscu', ...args, 'localhost', String(port))
    assert.equal((await echo(...titles)).code, 0)
    assert.match((await echo('-aet', 'XRAY1', '-aec', 'OTHER')).said, /Called AE Title Not Recognized/)
    assert.match((await echo('-aet', 'STRANGER', '-aec', 'OSTEO')).said, /Calling AE Title Not Recognized/)
  })
})

describe('storescu', { skip: missing('storescu') }, () => {
  test('several films in one association, each with its number', async (t) => {
    const server = await openServer(t)
    const folder = await tempDir(t)
    for (const number of [1, 2, 3])
      await writeFile(join(folder, `${number}.dcm`), noiseFilm(`1.2.826.0.1.${number}`))
    const sent = await stranger('storescu', ...titles, '+sd', 'localhost', String(server.port), folder)
    assert.equal(sent.code, 0, sent.said)
    assert.deepEqual(
      (await server.films()).map(({ sequence }) => sequence),
      [1, 2, 3],
    )
  })

  test('four at once', async (t) => {
    const server = await openServer(t)
    const folder = await tempDir(t)
    await writeFile(join(folder, 'film.dcm'), noiseFilm('1.2.826.0.1.9', [], 1024))
    const all = await Promise.all(
      [1, 2, 3, 4].map(() =>
        stranger('storescu', ...titles, 'localhost', String(server.port), join(folder, 'film.dcm')),
      ),
    )
    assert.deepEqual(
      all.map(({ code }) => code),
      [0, 0, 0, 0],
    )
    assert.deepEqual(
      (await server.films()).map(({ sequence }) => sequence).toSorted((a, b) => a - b),
      [1, 2, 3, 4],
    )
  })
})

describe('the real hip', { skip: missingWithHip('storescu', 'dcmconv', 'dcmcrle') }, () => {
  test('arrives as it is, in each encoding that the engine reads', { timeout: 60_000 }, async (t) => {
    const server = await openServer(t)
    const proposals: Record<string, string> = {
      J2KI: '--propose-jpeg2000',
      J2KR: '--propose-jpeg2000',
      JLSL: '--propose-jls-lossless',
      JLSN: '--propose-jls-lossy',
      JPLL: '--propose-lossless',
      JPLY: '--propose-jpeg12',
      RLE: '--propose-rle',
      UNC: '--propose-little',
    }
    const names = (await readdir(realHips)).filter((name) => name.endsWith('.dcm')).toSorted()
    for (const name of names) {
      const option = proposals[/RG2_(.*)\.dcm/.exec(name)?.[1] ?? ''] ?? ''
      const args = [
        ...titles,
        ...(option === ''
          ? []
          : [option.replace('jpeg2000', name.includes('KR') ? 'j2k-lossless' : 'j2k-lossy')]),
      ]
      const sent = await stranger('storescu', ...args, 'localhost', String(server.port), join(realHips, name))
      assert.equal(sent.code, 0, `${name}: ${sent.said}`)
    }
    const films = await server.films()
    assert.equal(films.length, names.length)
    for (const [index, name] of names.entries()) {
      const original = await readFile(join(realHips, name))
      const content = films[index]?.content ?? Buffer.alloc(0)
      assert.equal(readFilmHeader(content).kind, 'ok', name)
      // Somewhere in its middle lies the codestream; dcmtk writes what stands around it anew.
      const middle = original.subarray(original.length / 2, original.length / 2 + 50_000)
      assert.ok(content.includes(middle), `${name}: its codestream`)
    }
    assert.equal(sha256Of(pixelsOf(films.at(-1)?.content ?? Buffer.alloc(0))), realHipPixels)
  })

  test('pixel-exact by what dcmtk makes of it: implicit, big endian, deflated, RLE', {
    timeout: 60_000,
  }, async (t) => {
    const server = await openServer(t)
    const folder = await tempDir(t)
    const made = [
      ['dcmconv', '+ti', '--propose-implicit'],
      ['dcmconv', '+tb', '--propose-big'],
      ['dcmconv', '+td', '--propose-deflated'],
      ['dcmcrle', '', '--propose-rle'],
    ] as const
    for (const [program, option, proposal] of made) {
      const file = join(folder, `${program}${option}.dcm`)
      const written = await stranger(program, ...(option === '' ? [] : [option]), realHip, file)
      assert.equal(written.code, 0, written.said)
      const sent = await stranger('storescu', ...titles, proposal, 'localhost', String(server.port), file)
      assert.equal(sent.code, 0, `${proposal}: ${sent.said}`)
    }
    const films = await server.films()
    const [implicit, , deflated] = films
    for (const film of [implicit, deflated])
      assert.equal(sha256Of(pixelsOf(film?.content ?? Buffer.alloc(0))), realHipPixels)
    for (const { content } of films) assert.equal(readFilmHeader(content ?? Buffer.alloc(0)).kind, 'ok')
  })
})

/** A certificate of an own authority, as files in PEM. */
const makeCertificates = (folder: string) => {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=authority',
  )
  for (const name of ['server', 'xray1', 'xray2']) {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    )
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      '2',
    )
  }
  return (name: string) => join(folder, name)
}

describe('TLS', { skip: missing('echoscu', 'openssl') }, () => {
  test('a certificate of the authority gets in, for its own clinic alone', { timeout: 60_000 }, async (t) => {
    const at = makeCertificates(await tempDir(t))
    const fingerprint = async (name: string) => fingerprintOf(new X509Certificate(await readFile(at(name))))
    const tls = await tlsOptions({
      key: at('server.key'),
      cert: at('server.pem'),
      ca: at('ca.pem'),
      crl: undefined,
    })
    const clinics = [
      { clinic: 'lisbon', aeTitles: ['XRAY1'], certificates: [await fingerprint('xray1.pem')] },
      { clinic: 'porto', aeTitles: ['XRAY2'], certificates: [await fingerprint('xray2.pem')] },
    ].map((entry) => clinicEntrySchema.parse(entry))
    const { port } = await openServer(t, { tls, clinics: async () => clinics })
    const echo = (title: string, ...security: string[]) =>
      stranger('echoscu', ...security, '-aet', title, '-aec', 'OSTEO', 'localhost', String(port))
    const shows = (name: string) => ['+tls', at(`${name}.key`), at(`${name}.pem`), '+cf', at('ca.pem')]
    assert.equal((await echo('XRAY1', ...shows('xray1'))).code, 0)
    const stolen = await echo('XRAY1', ...shows('xray2'))
    assert.match(stolen.said, /Calling AE Title Not Recognized/, 'a clinic that speaks for another')
    assert.notEqual((await echo('XRAY1', '+tla', '+cf', at('ca.pem'))).code, 0, 'no certificate')
    assert.notEqual((await echo('XRAY1')).code, 0, 'no TLS')
  })
})
