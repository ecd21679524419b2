import type { KeyObject } from 'node:crypto'
import type { ConsumedRecord, OutgoingRecord, RecordPublisher } from './kafka/types.ts'
import { sha256Of } from './sha256.ts'
import { isMacOf, macOf, type SignatureCheck, signText } from './signatures.ts'

type Headed = Pick<OutgoingRecord, 'key' | 'headers' | 'value'>

const nothing = new Uint8Array(0)

/** What a signature or MAC on a control record covers: these lines, joined by line feeds. */
const textOf = (topic: string, { key, headers, value }: Headed): string =>
  [
    'osteostream.control.1',
    topic,
    key,
    headers['ce_type'] ?? '',
    headers['ce_id'] ?? '',
    headers['ce_time'] ?? '',
    sha256Of(value ?? nothing),
  ].join('\n')

/** A control record with the engine's MAC. */
export const withEngineMac = (
  engineKey: Uint8Array,
  topic: { readonly name: string },
  record: OutgoingRecord,
): OutgoingRecord => ({
  ...record,
  headers: { ...record.headers, ce_enginemac: macOf(engineKey, textOf(topic.name, record)) },
})

/** What a site signs with. */
export type Signer = { readonly siteId: string; readonly keyId: string; readonly privateKey: KeyObject }

/** A control record with the signature of a site. */
export const withSiteSignature = (
  signer: Signer,
  topic: { readonly name: string },
  record: OutgoingRecord,
): OutgoingRecord => ({
  ...record,
  headers: {
    ...record.headers,
    ce_siteid: signer.siteId,
    ce_sitekeyid: signer.keyId,
    ce_sitesig: signText(signer.privateKey, textOf(topic.name, record)),
  },
})

/** Headers by which control records are vouched for. */
export const voucherHeaders: readonly string[] = [
  'ce_id',
  'ce_time',
  'ce_enginemac',
  'ce_siteid',
  'ce_sitekeyid',
  'ce_sitesig',
]

/** Whether a control record carries the engine's MAC. */
export const hasEngineMac = (engineKey: Uint8Array, record: ConsumedRecord): boolean => {
  const mac = record.headers['ce_enginemac']
  return (
    mac !== undefined && isMacOf(engineKey, textOf(record.topic, { ...record, key: record.key ?? '' }), mac)
  )
}

/** The public keys of a site under a key id that held when Kafka appended a record. */
export type FindKeys = (siteId: string, keyId: string, instant: string) => readonly string[]

/** The site whose signature a control record carries; undefined where it carries none that holds. */
export const signingSiteOf = (
  record: ConsumedRecord,
  findKeys: FindKeys,
  isSigned: SignatureCheck,
): string | undefined => {
  const { ce_siteid: siteId, ce_sitekeyid: keyId, ce_sitesig: signature } = record.headers
  if (siteId === undefined || keyId === undefined || signature === undefined) return undefined
  const text = textOf(record.topic, { ...record, key: record.key ?? '' })
  const keys = findKeys(siteId, keyId, new Date(record.timestampMs).toISOString())
  return keys.some((key) => isSigned(key, text, signature)) ? siteId : undefined
}

/** A publisher of control records that puts the engine's MAC on each. */
export const vouchingPublisher = (
  publisher: Pick<RecordPublisher, 'publish'>,
  engineKey: Uint8Array,
): Pick<RecordPublisher, 'publish'> => ({
  publish: (topic, record) => publisher.publish(topic, withEngineMac(engineKey, topic, record)),
})
