import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { siteIdSchema } from '../contracts/identifiers.ts'
import { createDurably } from '../runtime/durable-file.ts'
import { SetupError, systemCodeOf } from '../runtime/errors.ts'
import { refuseOpenFile } from '../runtime/key-file.ts'
import { sha256Of } from '../runtime/sha256.ts'

/** What only the site knows; nothing of it ever travels but the public key. */
export type SiteKeys = {
  readonly siteId: string
  /** 32 bytes; never rotates, so that a film sent again in a year is known again. */
  readonly identityKey: Uint8Array
  /** 32 bytes under which people get their site-bound pseudonyms. */
  readonly subjectKey: Uint8Array
  /** 32 bytes or more that a programme shares among its sites, for `linkKey`. */
  readonly programmeKey?: Uint8Array | undefined
  readonly signing: {
    readonly keyId: string
    readonly privateKey: KeyObject
    /** Ed25519 public key, SPKI in base64, as the site registry holds it. */
    readonly publicKey: string
  }
}

const secret = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
const longSecret = secret.refine((bytes) => bytes.length >= 32, 'must hold 32 bytes or more')

const keyFileSchema = z.object({
  version: z.literal(1),
  siteId: siteIdSchema,
  identityKey: longSecret,
  subjectKey: longSecret,
  programmeKey: longSecret.optional(),
  /** Ed25519, PKCS #8 in base64. */
  signingKey: secret,
})

/** Where the keys of a site are kept. */
export const siteKeysFile = (dataDir: string, siteId: string): string =>
  join(dataDir, 'sites', siteIdSchema.parse(siteId), 'keys.json')

const signingOf = (privateKey: KeyObject): SiteKeys['signing'] => {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const keyId = sha256Of(spki).slice(0, 16)
  return { keyId, privateKey, publicKey: spki.toString('base64') }
}

const privateKeyOf = (pkcs8: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })

const unusable = (file: string, cause: unknown): SetupError =>
  new SetupError(
    'SITE_KEYS_MISSING',
    `the keys of the site cannot be read from ${file}`,
    'restore the file from its backup: films get other ids under other keys, so never make new ones in its place',
    { cause },
  )

const readKeys = async (file: string): Promise<SiteKeys> => {
  try {
    const { siteId, identityKey, subjectKey, programmeKey, signingKey } = keyFileSchema.parse(
      JSON.parse(await readFile(file, 'utf8')),
    )
    return { siteId, identityKey, subjectKey, programmeKey, signing: signingOf(privateKeyOf(signingKey)) }
  } catch (error) {
    throw unusable(file, error)
  }
}

/**
 * Reads the keys of a site. Throws SetupError SITE_KEYS_MISSING where there are none or they cannot be read,
 * and DATA_DIR_UNUSABLE where other users can read them.
 */
export const loadSiteKeys = async (at: { dataDir: string; siteId: string }): Promise<SiteKeys> => {
  const file = siteKeysFile(at.dataDir, at.siteId)
  try {
    await refuseOpenFile(file, 'the keys of the site')
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error
    throw new SetupError(
      'SITE_KEYS_MISSING',
      `the site ${at.siteId} has no keys under ${at.dataDir}`,
      'register the site here first: osteostream sites apply FILE',
      { cause: error },
    )
  }
  return readKeys(file)
}

/** Makes the keys of a site, or reads those that are there: existing keys are never replaced. */
export const createSiteKeys = async (at: {
  dataDir: string
  siteId: string
  programmeKey?: Uint8Array
}): Promise<SiteKeys> => {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  const { privateKey } = generateKeyPairSync('ed25519')
  const content = {
    version: 1,
    siteId: at.siteId,
    identityKey: base64(randomBytes(32)),
    subjectKey: base64(randomBytes(32)),
    ...(at.programmeKey === undefined ? {} : { programmeKey: base64(at.programmeKey) }),
    signingKey: base64(privateKey.export({ format: 'der', type: 'pkcs8' })),
  }
  await createDurably(siteKeysFile(at.dataDir, at.siteId), Buffer.from(JSON.stringify(content, null, 2)))
  return loadSiteKeys(at)
}

/** What stands before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The keys of a simulated clinic, derived from a seed so that a run can be repeated; never for a real site. */
export const seededSiteKeys = (of: { siteId: string; seed: string | number }): SiteKeys => {
  const derive = (purpose: string): Buffer =>
    createHmac('sha256', `osteostream simulated site ${of.seed}`)
      .update(JSON.stringify([of.siteId, purpose]))
      .digest()
  return {
    siteId: siteIdSchema.parse(of.siteId),
    identityKey: derive('identity'),
    subjectKey: derive('subject'),
    signing: signingOf(privateKeyOf(Buffer.concat([pkcs8Head, derive('signing')]))),
  }
}
