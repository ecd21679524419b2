import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'

const compress = promisify(deflate)

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

/** A picture as PNG stores it: rows from top to bottom, samples of a pixel side by side. */
export type PngPicture = {
  readonly rows: number
  readonly columns: number
  readonly colour: 'grey' | 'rgb'
  readonly bitDepth: 1 | 8
  /** `rows` times the bytes of a row. */
  readonly samples: Uint8Array
}

/** Encodes a PNG (ISO/IEC 15948) without filters. */
export const writePng = async (picture: PngPicture): Promise<Uint8Array> => {
  const { rows, columns, samples, bitDepth } = picture
  const perPixel = picture.colour === 'rgb' ? 3 : 1
  const rowBytes = Math.ceil((columns * perPixel * bitDepth) / 8)
  const lines = Buffer.alloc(rows * (rowBytes + 1))
  for (let row = 0; row < rows; row += 1)
    lines.set(samples.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(columns, 0)
  header.writeUInt32BE(rows, 4)
  header.writeUInt8(bitDepth, 8)
  header.writeUInt8(picture.colour === 'rgb' ? 2 : 0, 9)
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', await compress(lines, { level: 6 })),
    chunk('IEND', new Uint8Array(0)),
  ])
}

/** A picture of 16,000 × 16,000 pixels in a few kilobytes: what a decoder must refuse from its header. */
export const writeHugePng = (): Promise<Uint8Array> => {
  const side = 16_000
  return writePng({
    rows: side,
    columns: side,
    colour: 'grey',
    bitDepth: 1,
    samples: new Uint8Array((side * side) / 8),
  })
}
