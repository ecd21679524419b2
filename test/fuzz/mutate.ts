import { deflateRawSync } from 'node:zlib'

/** What of a film is damaged. */
export const structures = ['header', 'fragments', 'codestream', 'length', 'nesting', 'bomb'] as const
export type Structure = (typeof structures)[number]

/** A number from 0 up to a limit. */
export type Draw = (limit: number) => number

const pixelTag = Buffer.from([0xe0, 0x7f, 0x10, 0x00])
const itemTag = Buffer.from([0xfe, 0xff, 0x00, 0xe0])

/** Where the pixels begin; the middle of a file that shows no such place. */
const pixelsAt = (bytes: Uint8Array): number => {
  const at = Buffer.from(bytes).lastIndexOf(pixelTag)
  return at < 0 ? Math.min(64, bytes.length >> 1) : at
}

const spliced = (bytes: Uint8Array, at: number, removed: number, piece: Uint8Array): Uint8Array =>
  new Uint8Array(Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + removed)]))

const noise = (draw: Draw, length: number): Uint8Array => Uint8Array.from({ length }, () => draw(256))

const ends = [0, 1, 0x7f, 0x80, 0xfe, 0xff]

/** Changes, inserts, removes or repeats bytes between two places. */
const scribble = (bytes: Uint8Array, draw: Draw, from: number, to: number): Uint8Array => {
  const at = from + draw(Math.max(1, to - from))
  const length = 1 + draw(24)
  const ways = [
    () => spliced(bytes, at, length, noise(draw, length)),
    () => spliced(bytes, at, 1, Uint8Array.of(ends[draw(ends.length)] ?? 0)),
    () => spliced(bytes, at, 0, noise(draw, length)),
    () => spliced(bytes, at, length, new Uint8Array()),
    () => spliced(bytes, at, 0, bytes.subarray(at, at + 8 * length)),
    () => bytes.slice(0, at),
  ]
  return (ways[draw(ways.length)] ?? (() => bytes))()
}

const lengths = [0, 1, 3, 7, 0xff, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff]

/** Puts a length that cannot be, or hardly, where one may stand. */
const lie = (bytes: Uint8Array, draw: Draw, from: number, to: number): Uint8Array => {
  const out = Buffer.from(bytes)
  const at = Math.min(from + 2 * draw(Math.max(1, (to - from) >> 1)), out.length - 4)
  const value = lengths[draw(lengths.length)] ?? 0
  if (draw(2) === 0) out.writeUInt32LE(value, at)
  else out.writeUInt16BE(value & 0xffff, at)
  return new Uint8Array(out)
}

const itemsOf = (bytes: Uint8Array): number[] => {
  const buffer = Buffer.from(bytes)
  const places: number[] = []
  for (let at = buffer.indexOf(itemTag); at >= 0; at = buffer.indexOf(itemTag, at + 1)) places.push(at)
  return places
}

/** An item of a few bytes. */
const itemOf = (content: Uint8Array): Uint8Array =>
  Buffer.concat([itemTag, Buffer.from([content.length, 0, 0, 0]), content])

const fragments = (bytes: Uint8Array, draw: Draw): Uint8Array => {
  const places = itemsOf(bytes)
  const at = places[draw(Math.max(1, places.length))] ?? pixelsAt(bytes)
  const ways = [
    () => lie(bytes, draw, at + 4, at + 5),
    () => spliced(bytes, at, 0, itemOf(noise(draw, draw(9)))),
    () => spliced(bytes, at, 0, itemOf(new Uint8Array())),
    () => spliced(bytes, at, 8, new Uint8Array()),
    () => bytes.slice(0, bytes.length - draw(17)),
    () => scribble(bytes, draw, at, at + 12),
  ]
  return (ways[draw(ways.length)] ?? (() => bytes))()
}

const sequence = Buffer.from([0x01, 0x20, 0x10, 0x00, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff])
const item = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff])

/** Sequences within sequences, closed or not, in front of the pixels. */
const nest = (bytes: Uint8Array, draw: Draw): Uint8Array => {
  const depth = 1 + draw(draw(8) === 0 ? 20_000 : 48)
  const closing = Buffer.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0])
  const closed = draw(3) === 0 ? depth - 1 : depth
  const deep = Buffer.concat([
    ...Array.from({ length: depth }, () => Buffer.concat([sequence, item])),
    ...Array.from({ length: closed }, () => closing),
  ])
  return spliced(bytes, pixelsAt(bytes), 0, deep)
}

/** Small files that claim, or grow to, more than any film. */
const bomb = (bytes: Uint8Array, draw: Draw): Uint8Array => {
  const out = Buffer.from(bytes)
  const rows = out.indexOf(Buffer.from([0x28, 0x00, 0x10, 0x00]))
  const huge = [0xffff, 0x8000, 40_000][draw(3)] ?? 0xffff
  const ways = [
    () => {
      if (rows >= 0) out.writeUInt16LE(huge, rows + 8)
      if (rows >= 0 && rows + 20 < out.length) out.writeUInt16LE(huge, rows + 18)
      return new Uint8Array(out)
    },
    // Sizes within codestreams: SOFn, SIZ and IHDR hold them behind their names.
    () => {
      for (const name of [
        [0xff, 0xc0],
        [0xff, 0xc3],
        [0xff, 0xf7],
        [0xff, 0x51],
        [0x49, 0x48, 0x44, 0x52],
      ]) {
        const at = out.indexOf(Buffer.from(name))
        if (at >= 0 && at + 14 < out.length) out.writeUInt32BE(huge * 0x10000 + huge, at + 4 + draw(6))
      }
      return new Uint8Array(out)
    },
    () => spliced(bytes, bytes.length, 0, Buffer.alloc(1 + draw(1 << 20))),
    () => spliced(bytes, Math.min(bytes.length, 340), bytes.length, deflateRawSync(Buffer.alloc(1 << 22))),
    () =>
      spliced(
        bytes,
        pixelsAt(bytes),
        0,
        Buffer.alloc(8 * (1 + draw(200_000)), Buffer.from([1, 32, 1, 16, 0, 0, 0, 0])),
      ),
  ]
  return (ways[draw(ways.length)] ?? (() => bytes))()
}

/** Damages one structure of a film. */
export const mutate = (bytes: Uint8Array, structure: Structure, draw: Draw): Uint8Array => {
  const pixels = pixelsAt(bytes)
  switch (structure) {
    case 'header':
      return scribble(bytes, draw, 0, pixels)
    case 'fragments':
      return fragments(bytes, draw)
    case 'codestream':
      return scribble(bytes, draw, pixels, bytes.length)
    case 'length':
      return lie(bytes, draw, 0, bytes.length)
    case 'nesting':
      return nest(bytes, draw)
    case 'bomb':
      return bomb(bytes, draw)
  }
}
