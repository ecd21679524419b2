import type { Readable } from 'node:stream'
import { Dicer } from '@fastify/busboy'

/** Headers of a part, by lower-case name. */
export type PartHeaders = ReadonlyMap<string, string>

/** One part of a multipart body: its pieces come one after another, and then its end. */
export type PartTaker = {
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly end: () => Promise<void>
  /** The body broke off within the part. */
  readonly drop: () => Promise<void>
}

export type PartsEnd = 'whole' | 'truncated' | 'too-many-parts' | 'malformed'

const lastPart = 'Unexpected end'

/** Headers of one part take a few hundred bytes. */
const maxHeaderPairs = 20

const headersOf = (header: unknown): PartHeaders => {
  const entries = typeof header === 'object' && header !== null ? Object.entries(header) : []
  return new Map(
    entries.map(([name, values]): [string, string] => [
      name.toLowerCase(),
      Array.isArray(values) ? String(values[0] ?? '') : String(values),
    ]),
  )
}

/**
 * Hands one part on; it ends in `end`, or in `drop` where its body broke off. The parser tells that by an event, and then lets
 * the part end as if it were whole.
 */
const takePart = async (part: Readable, taker: PartTaker, isBroken: () => boolean): Promise<PartsEnd> => {
  try {
    for await (const bytes of part) await taker.write(bytes)
  } catch (error) {
    if (!isBroken()) throw error
  }
  if (!isBroken()) {
    await taker.end()
    return 'whole'
  }
  await taker.drop()
  return 'truncated'
}

/** What one part is handed to, once its headers are known. */
const lazily = (open: () => PartTaker): PartTaker => {
  let taker: PartTaker | undefined
  const opened = (): PartTaker => (taker ??= open())
  return {
    write: (bytes) => opened().write(bytes),
    end: () => opened().end(),
    drop: async () => taker?.drop(),
  }
}

/**
 * Takes a multipart body apart while it comes, part by part: a part that waits for the disk makes its sender wait. The
 * parser tells each part by an event and fails through the part; without a listener on each, a body that breaks off would
 * end the process.
 */
export const takeParts = (
  body: Readable,
  boundary: string,
  mostParts: number,
  open: (headers: PartHeaders) => PartTaker,
): Promise<PartsEnd> =>
  new Promise((resolve, reject) => {
    const dicer = new Dicer({ boundary, maxHeaderPairs })
    let turn: Promise<PartsEnd> = Promise.resolve('whole')
    let parts = 0
    let isOver = false
    const finish = (end: PartsEnd): void => {
      if (isOver) return
      isOver = true
      body.unpipe(dicer)
      // What comes after the end is not read into memory.
      body.resume()
      turn.then((sofar) => resolve(sofar === 'whole' ? end : sofar), reject)
    }
    dicer.on('part', (part) => {
      parts += 1
      let headers: PartHeaders = new Map()
      let isBroken = false
      part.on('header', (header: unknown) => {
        headers = headersOf(header)
      })
      part.on('error', () => {
        isBroken = true
      })
      if (parts > mostParts) {
        part.resume()
        return finish('too-many-parts')
      }
      // One after another: what is said in one part holds for the next.
      turn = turn.then(async (sofar) => {
        const taker = lazily(() => open(headers))
        const end = await takePart(part, taker, () => isBroken)
        return sofar === 'whole' ? end : sofar
      })
    })
    dicer.on('finish', () => finish('whole'))
    dicer.on('error', (error: Error) =>
      finish(error.message.startsWith(lastPart) ? 'truncated' : 'malformed'),
    )
    const brokenOff = (): void => {
      // Its end tells the open part that the body has ended first.
      if (!isOver) dicer.end()
      finish('truncated')
    }
    body.on('aborted', brokenOff)
    body.on('error', brokenOff)
    body.pipe(dicer)
  })
