/** A segment of a JPEG or JPEG-LS; `data` are the coded data behind the head of a scan. */
export type JpegSegment = {
  readonly marker: number
  readonly content: Uint8Array
  readonly data?: Uint8Array
}

export const startOfImage = 0xd8
export const endOfImage = 0xd9
export const startOfScan = 0xda
export const jpegLsFrame = 0xf7

/** Restart markers stand within coded data (ITU T.81, B.1.1.3). */
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7

/**
 * Where coded data end: at the first marker, or the fill bytes before it. JPEG stuffs a zero byte behind 0xff, JPEG-LS
 * a zero bit (ITU T.81, B.1.1.5; T.87, A.1).
 */
const endOfData = (bytes: Buffer, start: number, isJpegLs: boolean): number | undefined => {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    let next = at + 1
    while (!isJpegLs && bytes[next] === 0xff) next += 1
    const marker = bytes[next]
    if (marker === undefined) return undefined
    const isData = isJpegLs ? marker < 0x80 : marker === 0
    if (!isData && !isRestart(marker)) return at
    at = next
  }
  return undefined
}

/**
 * Cuts a JPEG or JPEG-LS into its segments, from its start to its end marker, or to its first scan; undefined where it
 * does not go so far.
 */
export const jpegSegments = (bytes: Uint8Array, untilScan = false): readonly JpegSegment[] | undefined => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer[0] !== 0xff || buffer[1] !== startOfImage) return undefined
  const segments: JpegSegment[] = []
  let isJpegLs = false
  for (let at = 2; at + 1 < buffer.length; ) {
    const marker = buffer[at + 1] ?? 0
    if (buffer[at] !== 0xff) return undefined
    if (marker === endOfImage || (untilScan && marker === startOfScan)) return segments
    // Fill bytes, and markers without a segment: they say nothing here.
    if (marker === 0xff) at += 1
    else if (marker === 1 || isRestart(marker)) at += 2
    else {
      const end = at + 4 > buffer.length ? at : at + 2 + buffer.readUInt16BE(at + 2)
      if (end < at + 4 || end > buffer.length) return undefined
      const content = bytes.subarray(at + 4, end)
      isJpegLs ||= marker === jpegLsFrame
      const dataEnd = marker === startOfScan ? endOfData(buffer, end, isJpegLs) : end
      if (dataEnd === undefined) return undefined
      segments.push(
        marker === startOfScan
          ? { marker, content, data: bytes.subarray(end, dataEnd) }
          : { marker, content },
      )
      at = dataEnd
    }
  }
  return undefined
}
