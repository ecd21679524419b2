import type { DicomFilmSpec } from '../../src/imaging/dicom/write-dicom-film.ts'
import { film } from './films.ts'

const item = (bytes: Uint8Array): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt16LE(0xfffe, 0)
  head.writeUInt16LE(0xe000, 2)
  head.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([head, bytes])
}

/** The length of an empty item, and of a delimiter. */
const headBytes = 8

/** A film with its fragments just as they are given, of odd lengths too, behind an offset table of any bytes. */
export const encapsulate = (
  spec: Partial<DicomFilmSpec>,
  transferSyntaxUid: string,
  { fragments, table = new Uint8Array() }: { fragments: readonly Uint8Array[]; table?: Uint8Array },
): Uint8Array => {
  const empty = film({ ...spec, coded: { transferSyntaxUid, fragments: [] } })
  const head = empty.subarray(0, empty.length - 2 * headBytes)
  const end = empty.subarray(empty.length - headBytes)
  return new Uint8Array(Buffer.concat([head, item(table), ...fragments.map(item), end]))
}

/** Cuts bytes at the given places. */
export const cutAt = (bytes: Uint8Array, ...places: readonly number[]): Uint8Array[] => {
  const ends = [...places.filter((place) => place < bytes.length), bytes.length]
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end))
}
