import type { LookUpTable } from '../film-header.ts'
import type { DicomDataset } from './parse-dicom.ts'

/** Entries of one byte each, which tables of 8 bits may pack in words (PS3.3 C.11.1.1.1). */
const unpacked = (words: Uint16Array, count: number): Uint16Array =>
  Uint16Array.from({ length: count }, (_, index) => {
    const word = words[index >> 1] ?? 0
    return index % 2 === 0 ? word & 0xff : word >> 8
  })

/** Reads the first table of a Modality or VOI LUT sequence; undefined where there is none that can be. */
export const readLookUpTable = (
  dataset: DicomDataset,
  name: 'modalityLutSequence' | 'voiLutSequence',
  signed: boolean,
): LookUpTable | undefined => {
  const item = dataset.firstItem(name)
  if (item === undefined) return undefined
  const entries = item.uint16('lutDescriptor', 0)
  const first = signed ? item.int16('lutDescriptor', 1) : item.uint16('lutDescriptor', 1)
  const bits = item.uint16('lutDescriptor', 2) ?? 0
  const words = item.words('lutData')
  if (entries === undefined || first === undefined || words === undefined) return undefined
  // Zero stands for 65536, which 16 bits cannot say.
  const count = entries === 0 ? 65536 : entries
  if (bits < 8 || bits > 16) return undefined
  if (words.length >= count) return { first, bits, values: words.subarray(0, count) }
  return bits === 8 && words.length * 2 >= count ? { first, bits, values: unpacked(words, count) } : undefined
}
