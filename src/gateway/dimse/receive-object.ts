import type { FilmInbox, InboxRefusal, IncomingFilm } from '../../contracts/film-inbox.ts'
import { nativeSyntaxes } from '../../imaging/dicom/dicom-tags.ts'
import { looksLikeDataset } from '../../imaging/dicom/parse-dicom.ts'
import { dicomFileHead } from '../../imaging/dicom/write-dicom.ts'
import type { StoreRequest, StoreSink } from './dimse-scp.ts'
import type { StoreStatus } from './negotiation.ts'

/** What became of an object, for the log and the counters. */
export type StoreOutcome =
  | { readonly status: 'success' }
  | {
      readonly status: Exclude<StoreStatus, 'success'>
      readonly why: InboxRefusal | 'NO_DATA_SET' | 'OTHER_OBJECT'
    }

/** Bytes that the checks look at: the head of a data set holds its class and its id. */
const headBytes = 4096

const uidPattern = /^[0-9.]{1,64}$/

/** The UID of a group 0008 element near the beginning of a data set, explicit or implicit, little endian. */
export const uidInHead = (head: Uint8Array, element: number): string | undefined => {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length)
  const tag = Buffer.from([8, 0, element & 0xff, element >> 8])
  const at = bytes.indexOf(tag)
  if (at < 0 || at + 8 > bytes.length) return undefined
  const isExplicit = bytes.toString('latin1', at + 4, at + 6) === 'UI'
  const length = isExplicit ? bytes.readUInt16LE(at + 6) : bytes.readUInt32LE(at + 4)
  const value = bytes
    .toString('latin1', at + 8, Math.min(bytes.length, at + 8 + Math.min(length, 64)))
    .replaceAll('\0', '')
    .trim()
  return uidPattern.test(value) ? value : undefined
}

/** What is wrong with a data set that can be seen at its beginning, where it can be read without decoding. */
const faultOf = (
  request: StoreRequest,
  head: Uint8Array,
): { status: 'cannotUnderstand' | 'mismatch'; why: 'NO_DATA_SET' | 'OTHER_OBJECT' } | undefined => {
  if (head.length === 0) return { status: 'cannotUnderstand', why: 'NO_DATA_SET' }
  const { transferSyntaxUid } = request
  if (transferSyntaxUid === nativeSyntaxes.deflatedLittleEndian) return undefined
  if (!looksLikeDataset(head)) return { status: 'cannotUnderstand', why: 'NO_DATA_SET' }
  if (transferSyntaxUid === nativeSyntaxes.explicitBigEndian) return undefined
  const found = uidInHead(head, 0x0016)
  if (found !== undefined && request.sopClassUid !== '' && found !== request.sopClassUid)
    return { status: 'mismatch', why: 'OTHER_OBJECT' }
  return undefined
}

/**
 * Takes one object of an association into the inbox. Only what is no data set at all, or not the object that the command
 * names, fails; whatever else is wrong with it is a success here, and its reason goes to the ledger.
 */
export const createReceiveObject =
  (deps: {
    readonly inbox: FilmInbox
    readonly siteId: string
    readonly told: (outcome: StoreOutcome) => void
  }) =>
  (request: StoreRequest): StoreSink => {
    const opening: Promise<IncomingFilm | InboxRefusal> = deps.inbox.open({
      siteId: deps.siteId,
      via: 'c-store',
    })
    let head: Buffer = Buffer.alloc(0)
    let isHeadWritten = false
    const tell = (outcome: StoreOutcome): StoreStatus => {
      deps.told(outcome)
      return outcome.status
    }
    return {
      write: async (bytes) => {
        const film = await opening
        if (head.length < headBytes) head = Buffer.concat([head, bytes.subarray(0, headBytes - head.length)])
        if (typeof film === 'string') return
        if (!isHeadWritten) {
          isHeadWritten = true
          await film.write(dicomFileHead(request))
        }
        await film.write(bytes)
      },
      finish: async () => {
        const film = await opening
        if (typeof film === 'string') return tell({ status: 'outOfResources', why: film })
        const fault = faultOf(request, head)
        if (fault !== undefined) {
          await film.drop()
          return tell(fault)
        }
        const answer = await film.keep()
        if (answer.kind === 'kept') return tell({ status: 'success' })
        return tell({ status: 'outOfResources', why: answer.why })
      },
      drop: async () => {
        const film = await opening
        if (typeof film !== 'string') await film.drop()
      },
    }
  }
