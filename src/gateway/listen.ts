import { createHash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Server, Socket } from 'node:net'
import { TLSSocket, type TlsOptions } from 'node:tls'
import { messageOf, SetupError, systemCodeOf } from '../runtime/errors.ts'
import type { Peer } from './clinics/clinic-registry.ts'

/** Where one of the gateway's servers listens, and the settings that say so. */
export type Address = {
  readonly host: string
  readonly port: number
  readonly portSetting: string
}

const cannotListen = ({ host, port, portSetting }: Address, error: unknown): SetupError => {
  const code = systemCodeOf(error)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new SetupError(
      'SETTING_INVALID',
      `the gateway cannot listen on ${host} (OSTEOSTREAM_GATEWAY_HOST): it is no address of this machine`,
      'set OSTEOSTREAM_GATEWAY_HOST to one, to 0.0.0.0 for all, or unset it for this machine alone',
      { cause: error },
    )
  const isTaken = code === 'EADDRINUSE'
  return new SetupError(
    isTaken ? 'PORT_IN_USE' : 'SETTING_INVALID',
    `the gateway cannot listen on port ${port} (${portSetting}): ${isTaken ? 'it is in use' : messageOf(error)}`,
    `set ${portSetting} to another port, or end the program that listens there (\`ss -ltnp | grep ${port}\` names it)`,
    { cause: error },
  )
}

/** Listens; answers the port. Throws SetupError PORT_IN_USE or SETTING_INVALID. */
export const listen = (server: Server, address: Address): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(address, error)))
    server.listen(address.port, address.host, () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : address.port)
    })
  })

/** Files in PEM. */
export type TlsFiles = {
  readonly key: string
  readonly cert: string
  readonly ca: string | undefined
  readonly crl: string | undefined
}

const pem = async (file: string, setting: string): Promise<Buffer> => {
  try {
    return await readFile(file)
  } catch (error) {
    throw new SetupError(
      'FILE_UNREADABLE',
      `${file} (${setting}) cannot be read: ${messageOf(error)}`,
      `set ${setting} to a file in PEM that this user may read`,
      { cause: error },
    )
  }
}

/** TLS 1.2 or later; with an authority, only clients with a certificate of it that was not revoked get in. */
export const tlsOptions = async (files: TlsFiles): Promise<TlsOptions> => ({
  key: await pem(files.key, 'OSTEOSTREAM_GATEWAY_TLS_KEY'),
  cert: await pem(files.cert, 'OSTEOSTREAM_GATEWAY_TLS_CERT'),
  minVersion: 'TLSv1.2',
  ...(files.ca === undefined
    ? {}
    : {
        ca: await pem(files.ca, 'OSTEOSTREAM_GATEWAY_TLS_CA'),
        requestCert: true,
        rejectUnauthorized: true,
      }),
  ...(files.crl === undefined ? {} : { crl: await pem(files.crl, 'OSTEOSTREAM_GATEWAY_TLS_CRL') }),
})

/** The fingerprint of a certificate: SHA-256 of its DER form in lower-case hex. */
export const fingerprintOf = (certificate: X509Certificate): string =>
  createHash('sha256').update(certificate.raw).digest('hex')

/** What a connection shows of itself. */
export const peerOf = (socket: Socket): Peer => {
  const address = socket.remoteAddress ?? ''
  if (!(socket instanceof TLSSocket)) return { address }
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined
  return { address, ...(certificate === undefined ? {} : { fingerprint: fingerprintOf(certificate) }) }
}
