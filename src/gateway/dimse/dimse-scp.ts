import type { Socket } from 'node:net'
import { Writable } from 'node:stream'
import dimse from 'dcmjs-dimse'
import {
  answerContext,
  type ContextAnswer,
  type Rejection,
  rejections,
  type StoreStatus,
  storeStatuses,
} from './negotiation.ts'
import { createPduGuard, type PduGuard, pduLimits } from './pdu-guard.ts'

/** A film that an association sends. */
export type StoreRequest = {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
}

/** Where the data set of a film goes; it ends in `finish` or in `drop`. */
export type StoreSink = {
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly finish: () => Promise<StoreStatus>
  readonly drop: () => Promise<void>
}

/** What an association asks for, and who it says that it is. */
export type AssociationRequest = { readonly calledAe: string; readonly callingAe: string }

export type AssociationHandlers = {
  /** Why the association is rejected; undefined where it is accepted. */
  readonly admit: (request: AssociationRequest) => Promise<Rejection | undefined>
  readonly store: (request: StoreRequest) => StoreSink
  /** Told once when the connection has ended; `fault` says what was wrong with what it sent. */
  readonly ended: (fault: string | undefined) => void
}

export type AssociationLimits = {
  /** Without a byte for so long, or without a whole PDU, the connection is cut. */
  readonly idleMs: number
  /** A film that takes longer is cut. */
  readonly filmMs: number
}

/** Bytes of a film that may wait for the disk; beyond, its sender has to wait. */
const waitingBytes = 1024 * 1024
/** A peer that was rejected or has released gets so long to close (PS3.8, ARTIM). */
const lingerMs = 2000

// It prints AE titles and, on errors, data.
dimse.log.disableAll()
dimse.Implementation.setImplementationClassUid('2.25.302043790172249692526321623266752743501')
dimse.Implementation.setImplementationVersion('OSTEOSTREAM')
dimse.Implementation.setMaxPduLength(pduLimits.dataBytes / 2)

const noDataset = new dimse.Dataset({})

const { PresentationContextResult } = dimse.constants
const resultOf = {
  'abstract-syntax-not-supported': PresentationContextResult.RejectAbstractSyntaxNotSupported,
  'transfer-syntaxes-not-supported': PresentationContextResult.RejectTransferSyntaxesNotSupported,
} as const satisfies Partial<Record<ContextAnswer['kind'], number>>

type Association = InstanceType<typeof dimse.association.Association>
type Context = InstanceType<typeof dimse.association.PresentationContext>
type Stored = InstanceType<typeof dimse.requests.CStoreRequest>
type StoreAnswer = InstanceType<typeof dimse.responses.CStoreResponse>
type Echo = InstanceType<typeof dimse.requests.CEchoRequest>
type EchoAnswer = InstanceType<typeof dimse.responses.CEchoResponse>

/** Answers each proposed context; the ids of those that are accepted. */
const negotiate = (association: Association): number[] =>
  association.getPresentationContexts().flatMap(({ id, context }) => {
    const answer = answerContext({
      id,
      abstractSyntax: context.getAbstractSyntaxUid(),
      transferSyntaxes: context.getTransferSyntaxUids(),
    })
    if (answer.kind !== 'accepted') {
      context.setResult(resultOf[answer.kind])
      return []
    }
    context.setResult(PresentationContextResult.Accept, answer.transferSyntax)
    return [id]
  })

const uidOf = (value: unknown): string =>
  typeof value === 'string' && /^[0-9.]{1,64}$/.test(value) ? value : ''

/** The film that comes in now. */
type Incoming = { readonly sink: StoreSink; readonly timer: NodeJS.Timeout; isOver: boolean }

/** One connection, as the library's class and what stands around it share it. */
type Connection = {
  readonly socket: Socket
  readonly handlers: AssociationHandlers
  readonly limits: AssociationLimits
  readonly guard: PduGuard
  readonly opening: NodeJS.Timeout
  incoming: Incoming | undefined
  /** A film is being made safe: its sender hears of it before the next one is taken. */
  isAnswering: boolean
  fault: string | undefined
}

const cut = (connection: Connection, why: string | undefined): void => {
  connection.fault ??= why
  connection.socket.destroy()
}

const linger = ({ socket }: Connection): void => {
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(timer))
}

const dropFilm = (connection: Connection): void => {
  const film = connection.incoming
  connection.incoming = undefined
  if (film === undefined || film.isOver) return
  clearTimeout(film.timer)
  film.isOver = true
  void film.sink.drop()
}

/** Hands the pieces of a data set on; the library must never see a stream that is full, for it loses the order then. */
const streamInto = (connection: Connection, sink: StoreSink): Writable => {
  const { socket } = connection
  const write = async (bytes: Buffer, done: () => void): Promise<void> => {
    if (stream.writableLength > waitingBytes) socket.pause()
    await sink.write(bytes)
    const isLittle = stream.writableLength - bytes.length <= waitingBytes
    if (isLittle && !connection.isAnswering) socket.resume()
    done()
  }
  const stream: Writable = new Writable({
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write: (bytes: Buffer, _encoding, done) => void write(bytes, done),
  })
  return stream
}

const beginFilm = (connection: Connection, request: StoreRequest): Writable => {
  const { guard, handlers, limits } = connection
  guard.filmBegins()
  if (connection.incoming !== undefined || connection.isAnswering)
    cut(connection, 'a film before the last one was answered')
  const sink = handlers.store(request)
  const timer = setTimeout(() => cut(connection, 'a film that does not end'), limits.filmMs)
  connection.incoming = { sink, timer, isOver: false }
  return streamInto(connection, sink)
}

/** Makes a film safe once its last byte is written, and answers. */
const endFilm = (
  connection: Connection,
  film: Incoming,
  stream: Writable,
  answer: (status: StoreStatus) => void,
): void => {
  const { socket } = connection
  connection.isAnswering = true
  socket.pause()
  const finish = async (): Promise<void> => {
    const status = await film.sink.finish()
    clearTimeout(film.timer)
    if (!socket.destroyed) answer(status)
    connection.isAnswering = false
    socket.resume()
  }
  stream.once('finish', () => {
    if (film.isOver) return
    film.isOver = true
    connection.incoming = undefined
    void finish()
  })
}

class GatewayScp extends dimse.Scp {
  readonly #connection: Connection
  #stream: Writable | undefined

  constructor(connection: Connection) {
    const { idleMs } = connection.limits
    super(connection.socket, { connectTimeout: idleMs, associationTimeout: idleMs, pduTimeout: idleMs })
    this.#connection = connection
    // As the library's own server does: its timers ask for it.
    Object.assign(this, { connected: true })
  }

  override associationRequested(association: Association): void {
    clearTimeout(this.#connection.opening)
    void this.#admit(association)
  }

  async #admit(association: Association): Promise<void> {
    const { handlers, socket, guard } = this.#connection
    const calledAe = association.getCalledAeTitle()
    const rejection = await handlers.admit({ calledAe, callingAe: association.getCallingAeTitle() })
    if (socket.destroyed) return
    if (rejection !== undefined) {
      const { result, source, reason } = rejections[rejection]
      this.sendAssociationReject(result, source, reason)
      return linger(this.#connection)
    }
    // 0 says "any length", which is no answer of ours.
    if (association.getMaxPduLength() === 0) association.setMaxPduLength(pduLimits.dataBytes / 2)
    guard.accepted(negotiate(association))
    this.sendAssociationAccept()
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse()
    linger(this.#connection)
  }

  override cEchoRequest(request: Echo, answer: (response: EchoAnswer) => void): void {
    const response = dimse.responses.CEchoResponse.fromRequest(request)
    response.setStatus(storeStatuses.success)
    answer(response)
  }

  override createStoreWritableStream(context: Context, request: Stored): Writable {
    this.#stream = beginFilm(this.#connection, {
      sopClassUid: uidOf(request.getAffectedSopClassUid()),
      sopInstanceUid: uidOf(request.getAffectedSopInstanceUid()),
      transferSyntaxUid: context.getAcceptedTransferSyntaxUid() ?? '',
    })
    return this.#stream
  }

  override createDatasetFromStoreWritableStream(
    _stream: Writable,
    _context: Context,
    done: (dataset: InstanceType<typeof dimse.Dataset>) => void,
  ): void {
    // Films are never parsed here: what it gets in their place is sent to nobody.
    done(noDataset)
  }

  override cStoreRequest(request: Stored, answer: (response: StoreAnswer) => void): void {
    const response = dimse.responses.CStoreResponse.fromRequest(request)
    const reply = (status: StoreStatus): void => {
      response.setStatus(storeStatuses[status])
      answer(response)
    }
    const film = this.#connection.incoming
    const stream = this.#stream
    // A command that brings no data set.
    if (film === undefined || stream === undefined) return reply('cannotUnderstand')
    endFilm(this.#connection, film, stream, reply)
  }

  override abort(): void {
    cut(this.#connection, undefined)
  }
}

/**
 * Serves one connection with the library's state machine, behind a guard that sees each byte first. What the library does
 * not do is done here: bounded lengths, data in accepted contexts only, a sender that waits for the disk, one film at a
 * time, and an end for whoever stays.
 */
export const serveAssociation = (
  socket: Socket,
  handlers: AssociationHandlers,
  limits: AssociationLimits,
): { readonly abort: () => void } => {
  const connection: Connection = {
    socket,
    handlers,
    limits,
    guard: createPduGuard(),
    opening: setTimeout(() => cut(connection, 'no association request in time'), limits.idleMs),
    incoming: undefined,
    isAnswering: false,
    fault: undefined,
  }
  // Before the library has its own listener: it must not act on what the guard refuses.
  socket.on('data', (bytes: Buffer) => {
    const fault = connection.guard.take(bytes)
    if (fault !== undefined) cut(connection, fault)
  })
  const scp = new GatewayScp(connection)
  scp.on('networkError', () => cut(connection, 'what it sends cannot be read, or it was silent for too long'))
  socket.once('close', () => {
    clearTimeout(connection.opening)
    dropFilm(connection)
    handlers.ended(connection.fault)
  })
  return {
    abort: () => {
      scp.sendAbort(2, 0)
      socket.end()
      linger(connection)
    },
  }
}
