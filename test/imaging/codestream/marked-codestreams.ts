/** What stands for a name. */
export const marker = 'ZZMARKER'
const text = Buffer.from(marker.repeat(2), 'latin1')

/** A codestream with a name at some place of it. */
export type Marked = readonly [where: string, bytes: Uint8Array]

const segment = (code: number, content: Uint8Array): Buffer => {
  const head = Buffer.from([code >> 8, code & 0xff, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

const inserted = (bytes: Uint8Array, at: number, piece: Uint8Array): Uint8Array =>
  new Uint8Array(Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]))

const tableOfText = (head: number): Uint8Array =>
  new Uint8Array(Buffer.concat([Uint8Array.of(head), Buffer.alloc(64, text)]))

const segmentNames: Readonly<Record<string, number>> = {
  COM: 0xfe,
  APP0: 0xe0,
  APP1: 0xe1,
  APP8: 0xe8,
  APP14: 0xee,
  APP15: 0xef,
  'reserved 02': 0x02,
  'reserved BF': 0xbf,
  JPG0: 0xf0,
  JPG13: 0xfd,
}

/** Names in a JPEG or JPEG-LS: in segments of all kinds, behind the frame, and behind the end. */
export const markedJpegs = (bytes: Uint8Array): readonly Marked[] => {
  const scan = Buffer.from(bytes).indexOf(Buffer.from([0xff, 0xda]))
  const end = Buffer.from(bytes).lastIndexOf(Buffer.from([0xff, 0xd9]))
  const segments = Object.entries(segmentNames).map(
    ([name, code]): Marked => [name, inserted(bytes, 2, segment(0xff00 | code, text))],
  )
  const adobe = Buffer.concat([Buffer.from('Adobe\0\x64\0\0\0\0\0', 'latin1'), text])
  return [
    ...segments,
    ['a long JFIF', inserted(bytes, 2, segment(0xffe0, Buffer.concat([Buffer.from('JFIF\0'), text, text])))],
    ['a long Adobe', inserted(bytes, 2, segment(0xffee, adobe))],
    ['COM before the scan', inserted(bytes, scan, segment(0xfffe, text))],
    ['COM behind the scan', inserted(bytes, end, segment(0xfffe, text))],
    ['a quantization table that nobody uses', inserted(bytes, scan, segment(0xffdb, tableOfText(3)))],
    ['behind the end', inserted(bytes, end + 2, text)],
    ['another JPEG behind the end', inserted(bytes, end + 2, bytesWith(bytes))],
  ]
}

const bytesWith = (bytes: Uint8Array): Uint8Array => inserted(bytes, 2, segment(0xfffe, text))

const box = (type: string, content: Uint8Array): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.length + 8, 0)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, content])
}

/** Names in JPEG 2000: in segments of the main header and of a tile, in boxes around it, and behind the end. */
export const markedJpeg2000s = (bytes: Uint8Array): readonly Marked[] => {
  const buffer = Buffer.from(bytes)
  const tile = buffer.indexOf(Buffer.from([0xff, 0x90, 0, 10]))
  const data = buffer.indexOf(Buffer.from([0xff, 0x93]), tile)
  const end = buffer.lastIndexOf(Buffer.from([0xff, 0xd9]))
  const main = [0xff64, 0xff57, 0xff63, 0xff59, 0xff6f, 0xff01].map((code): Marked => {
    const content = Buffer.concat([Buffer.from([0, 1]), text])
    return [`segment ${code.toString(16)}`, inserted(bytes, tile, segment(code, content))]
  })
  const comment = segment(0xff64, Buffer.concat([Buffer.from([0, 1]), text]))
  const inTile = Buffer.from(inserted(bytes, data, comment))
  // A tile that leaves its length open needs no new one.
  const length = inTile.readUInt32BE(tile + 6)
  if (length !== 0) inTile.writeUInt32BE(length + comment.length, tile + 6)
  const inBoxes = Buffer.concat([
    Buffer.from([0, 0, 0, 12]),
    Buffer.from('jP  \r\n\x87\n', 'latin1'),
    box('xml ', text),
    box('jp2c', bytes),
    box('uuid', text),
  ])
  return [
    ...main,
    ['a comment in a tile', new Uint8Array(inTile)],
    ['boxes', new Uint8Array(inBoxes)],
    ['behind the end', inserted(bytes, end + 2, text)],
  ]
}

/** Names in RLE: in the words of its header that no segment uses, between segments, and behind the last. */
export const markedRles = (bytes: Uint8Array): readonly Marked[] => {
  const inHeader = Buffer.from(bytes)
  inHeader.set(text, 64 - text.length)
  const second = inHeader.readUInt32LE(8)
  const between = Buffer.from(inserted(bytes, second, text))
  between.writeUInt32LE(second + text.length, 8)
  return [
    ['unused words of the header', new Uint8Array(inHeader)],
    ['between segments', new Uint8Array(between)],
    ['behind the last segment', inserted(bytes, bytes.length, text)],
  ]
}

/** A name behind the last bit of the coded data, in front of the end marker; the length of a tile is told anew. */
export const markedInData = (stream: Uint8Array): Uint8Array => {
  const end = Buffer.from(stream).lastIndexOf(Buffer.from([0xff, 0xd9]))
  const marked = Buffer.from(inserted(stream, end, text))
  const tile = marked.lastIndexOf(Buffer.from([0xff, 0x90, 0, 10]))
  if (tile >= 0 && marked.readUInt32BE(tile + 6) !== 0)
    marked.writeUInt32BE(marked.readUInt32BE(tile + 6) + text.length, tile + 6)
  return new Uint8Array(marked)
}
