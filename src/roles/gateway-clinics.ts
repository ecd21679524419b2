import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ClinicEntry } from '../gateway/clinics/clinic-registry.ts'
import { readClinicsFile } from '../gateway/clinics/clinics-file.ts'
import { addToClinic, type ClinicAddition, withoutClinic } from '../gateway/clinics/edit-clinics.ts'
import { fingerprintOf } from '../gateway/listen.ts'
import { createSiteKeys } from '../producers/site-keys.ts'
import type { Settings } from '../runtime/config.ts'
import { writeDurably } from '../runtime/durable-file.ts'
import { messageOf, SetupError } from '../runtime/errors.ts'
import { makeFolder } from '../runtime/make-folder.ts'
import { clinicsFileOf } from './start-gateway.ts'

type Where = Pick<Settings, 'gatewayClinics' | 'dataDir'>

const write = async (where: Where, clinics: readonly ClinicEntry[]): Promise<void> => {
  const file = clinicsFileOf(where)
  await makeFolder(dirname(file), 0o700)
  await writeDurably(file, Buffer.from(`${JSON.stringify(clinics, null, 2)}\n`))
}

/** The clinics that may send to the gateway. */
export const listClinics = async (where: Where): Promise<readonly ClinicEntry[]> =>
  (await readClinicsFile(clinicsFileOf(where))) ?? []

/** The fingerprint of a certificate in a file. Throws SetupError FILE_UNREADABLE. */
export const fingerprintOfFile = async (file: string): Promise<string> => {
  try {
    return fingerprintOf(new X509Certificate(await readFile(file)))
  } catch (error) {
    throw new SetupError(
      'FILE_UNREADABLE',
      `${file} is no certificate: ${messageOf(error)}`,
      'name a file with a certificate in PEM',
      { cause: error },
    )
  }
}

/** Lets a clinic send, with keys that are made where it has none; its public key is for the registry of the engine. */
export const addClinic = async (where: Where, addition: ClinicAddition) => {
  const { clinics, token } = addToClinic(await listClinics(where), addition)
  const keys = await createSiteKeys({ dataDir: where.dataDir, siteId: addition.clinic })
  await write(where, clinics)
  return { token, keyId: keys.signing.keyId, publicKey: keys.signing.publicKey }
}

/** Lets a clinic send no more; its keys stay, for films of it may wait. */
export const removeClinic = async (where: Where, clinic: string): Promise<void> =>
  write(where, withoutClinic(await listClinics(where), clinic))
