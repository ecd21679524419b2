import { codingOf } from '../../imaging/dicom/dicom-tags.ts'

/** What an X-ray system proposes. */
export type ProposedContext = {
  readonly id: number
  readonly abstractSyntax: string
  readonly transferSyntaxes: readonly string[]
}

/** How a proposed context is answered (PS3.8 9.3.3.2). */
export type ContextAnswer =
  | { readonly kind: 'accepted'; readonly transferSyntax: string }
  | { readonly kind: 'abstract-syntax-not-supported' }
  | { readonly kind: 'transfer-syntaxes-not-supported' }

export const verification = '1.2.840.10008.1.1'

/** Films, and the notes by which a department rejects one (IOCM). Storage Commitment is not among them: this is a copy. */
const stored: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.4.1.1.1', // Computed Radiography
  '1.2.840.10008.5.1.4.1.1.1.1', // Digital X-Ray, for presentation
  '1.2.840.10008.5.1.4.1.1.1.1.1', // Digital X-Ray, for processing: the gate says that it is not read
  '1.2.840.10008.5.1.4.1.1.7', // Secondary Capture
  '1.2.840.10008.5.1.4.1.1.7.2', // Secondary Capture, grey, 8 bits
  '1.2.840.10008.5.1.4.1.1.7.3', // Secondary Capture, grey, 16 bits
  '1.2.840.10008.5.1.4.1.1.88.59', // Key Object Selection
])

/** Accepts what the engine reads, in the first transfer syntax of the sender's that it reads. */
export const answerContext = ({ abstractSyntax, transferSyntaxes }: ProposedContext): ContextAnswer => {
  if (abstractSyntax !== verification && !stored.has(abstractSyntax))
    return { kind: 'abstract-syntax-not-supported' }
  const transferSyntax = transferSyntaxes.find((uid) => codingOf(uid) !== undefined)
  return transferSyntax === undefined
    ? { kind: 'transfer-syntaxes-not-supported' }
    : { kind: 'accepted', transferSyntax }
}

/** Why an association is rejected: result, source and reason of PS3.8 9.3.4. */
export const rejections = {
  CALLED_AE_UNKNOWN: { result: 1, source: 1, reason: 7 },
  CALLING_AE_UNKNOWN: { result: 1, source: 1, reason: 3 },
  TOO_MANY_ASSOCIATIONS: { result: 2, source: 3, reason: 2 },
  STOPPING: { result: 2, source: 3, reason: 1 },
} as const
export type Rejection = keyof typeof rejections

/** Statuses of C-STORE (PS3.4 B.2.3). What is wrong with the content of a film is a success here, and told in the ledger. */
export const storeStatuses = {
  success: 0x0000,
  /** Disk or quota: the sender keeps the film and sends it again. */
  outOfResources: 0xa700,
  /** The data set is not the object that the command names. */
  mismatch: 0xa900,
  /** No data set at all. */
  cannotUnderstand: 0xc000,
} as const
export type StoreStatus = keyof typeof storeStatuses
