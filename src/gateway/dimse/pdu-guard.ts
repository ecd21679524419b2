/** What an association may send; sizes in bytes. */
export type PduLimits = {
  /** Of an association request. */
  readonly requestBytes: number
  /** Of a data PDU: what was negotiated. */
  readonly dataBytes: number
  /** Of the command of one message. */
  readonly commandBytes: number
  /** Of a data set that is no film, or not yet: the library takes up a message a little behind the guard. */
  readonly strayBytes: number
}

export const pduLimits: PduLimits = {
  requestBytes: 256 * 1024,
  dataBytes: 256 * 1024,
  commandBytes: 16 * 1024,
  strayBytes: 512 * 1024,
}

const pduHeadBytes = 6
const pdvHeadBytes = 6
const pduTypes = { request: 1, data: 4, releaseRequest: 5, releaseResponse: 6, abort: 7 } as const

/** Looks at every byte of an association before the library does. */
export type PduGuard = {
  /** Takes the next bytes; answers what is wrong with them, in words without any of their content. */
  readonly take: (bytes: Uint8Array) => string | undefined
  /** The association was accepted with these contexts: data may come. */
  readonly accepted: (contextIds: readonly number[]) => void
  /** The data set that comes now is a film, whose size is watched elsewhere; it ends with its message. */
  readonly filmBegins: () => void
}

type State = {
  readonly limits: PduLimits
  contexts: ReadonlySet<number> | undefined
  isRequested: boolean
  readonly head: Buffer
  headBytes: number
  type: number
  /** Bytes of the PDU, and of the piece of data in it, that are still to come. */
  pduLeft: number
  pdvLeft: number
  commandBytes: number
  strayBytes: number
  isFilm: boolean
}

const pduFault = (state: State, type: number, length: number): string | undefined => {
  const { limits, contexts, isRequested } = state
  if (type === pduTypes.request) {
    if (isRequested) return 'a second association request'
    return length > limits.requestBytes ? `an association request of ${length} bytes` : undefined
  }
  if (!isRequested) return `a PDU of type ${type} before an association request`
  if (type === pduTypes.data) {
    if (contexts === undefined) return 'data before the association was accepted'
    return length > limits.dataBytes ? `a data PDU of ${length} bytes` : undefined
  }
  if (type === pduTypes.releaseRequest || type === pduTypes.releaseResponse || type === pduTypes.abort)
    return length === 4 ? undefined : `a PDU of type ${type} with ${length} bytes`
  return `a PDU of type ${type}`
}

const beginPdu = (state: State): string | undefined => {
  const [type = 0] = state.head
  const length = state.head.readUInt32BE(2)
  const fault = pduFault(state, type, length)
  if (fault !== undefined) return fault
  if (type === pduTypes.request) state.isRequested = true
  state.type = type
  state.pduLeft = length
  return undefined
}

const beginPdv = (state: State): string | undefined => {
  const length = state.head.readUInt32BE(0) - 2
  const context = state.head.readUInt8(4)
  const flags = state.head.readUInt8(5)
  if (length < 0 || length > state.pduLeft) return 'a piece of data that is longer than its PDU'
  if (state.contexts?.has(context) !== true) return 'data in a context that was not accepted'
  state.pdvLeft = length
  const isLast = (flags & 2) !== 0
  if ((flags & 1) !== 0) {
    state.isFilm = false
    state.commandBytes += length
    if (state.commandBytes > state.limits.commandBytes) return 'a command without an end'
    if (isLast) state.commandBytes = 0
    return undefined
  }
  if (!state.isFilm) state.strayBytes += length
  if (state.strayBytes > state.limits.strayBytes) return 'a data set that belongs to no film'
  return undefined
}

/** Fills the head of a PDU or of a piece of data; answers how many bytes it took. */
const fillHead = (state: State, bytes: Uint8Array, at: number, size: number): number => {
  const count = Math.min(size - state.headBytes, bytes.length - at)
  state.head.set(bytes.subarray(at, at + count), state.headBytes)
  state.headBytes += count
  return count
}

type Step = { readonly taken: number; readonly fault?: string | undefined }

const betweenPdus = (state: State, bytes: Uint8Array, at: number): Step => {
  const taken = fillHead(state, bytes, at, pduHeadBytes)
  if (state.headBytes < pduHeadBytes) return { taken }
  state.headBytes = 0
  return { taken, fault: beginPdu(state) }
}

const withinData = (state: State, bytes: Uint8Array, at: number): Step => {
  if (state.pdvLeft > 0) {
    const taken = Math.min(state.pdvLeft, bytes.length - at)
    state.pdvLeft -= taken
    state.pduLeft -= taken
    return { taken }
  }
  if (state.pduLeft + state.headBytes < pdvHeadBytes)
    return { taken: 0, fault: 'a PDU that ends within a head' }
  const taken = fillHead(state, bytes, at, pdvHeadBytes)
  state.pduLeft -= taken
  if (state.headBytes < pdvHeadBytes) return { taken }
  state.headBytes = 0
  return { taken, fault: beginPdv(state) }
}

const step = (state: State, bytes: Uint8Array, at: number): Step => {
  if (state.pduLeft === 0) return betweenPdus(state, bytes, at)
  if (state.type === pduTypes.data) return withinData(state, bytes, at)
  const taken = Math.min(state.pduLeft, bytes.length - at)
  state.pduLeft -= taken
  return { taken }
}

/**
 * Creates the guard of one association. The library believes every length that it is told, keeps what it is sent until
 * that has come, and takes data in any context: so the heads of all PDUs and pieces are looked at before it sees them.
 */
export const createPduGuard = (limits: PduLimits = pduLimits): PduGuard => {
  const state: State = {
    limits,
    contexts: undefined,
    isRequested: false,
    head: Buffer.alloc(pduHeadBytes),
    headBytes: 0,
    type: 0,
    pduLeft: 0,
    pdvLeft: 0,
    commandBytes: 0,
    strayBytes: 0,
    isFilm: false,
  }
  return {
    take: (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        const { taken, fault } = step(state, bytes, at)
        if (fault !== undefined) return fault
        at += taken
      }
      return undefined
    },
    accepted: (contextIds) => {
      state.contexts = new Set(contextIds)
    },
    filmBegins: () => {
      state.isFilm = true
      state.strayBytes = 0
    },
  }
}
