import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome, LookUpTable } from '../film-header.ts'
import type { DicomDataset } from './parse-dicom.ts'

/** The values that a table is asked for. */
export type InputRange = { readonly low: number; readonly high: number }

/** Entries of one byte each, which tables of 8 bits may pack in words (PS3.3 C.11.1.1.1). */
const unpacked = (words: Uint16Array, count: number): Uint16Array =>
  Uint16Array.from({ length: count }, (_, index) => {
    const word = words[index >> 1] ?? 0
    return index % 2 === 0 ? word & 0xff : word >> 8
  })

/**
 * The first value that the table maps. Its sign is that of the values that come in (PS3.3 C.11.2.1.1), which writers get
 * wrong in both ways: the value representation is believed where the table then meets what comes in, and else the
 * other reading.
 */
const firstOf = (item: DicomDataset, entries: number, { low, high }: InputRange): number | undefined => {
  const [unsigned, signed] = [item.uint16('lutDescriptor', 1), item.int16('lutDescriptor', 1)]
  if (unsigned === undefined || signed === undefined) return undefined
  const vr = item.vr('lutDescriptor')
  const isSigned = vr === 'SS' || (vr !== 'US' && low < 0)
  const readings = isSigned ? [signed, unsigned] : [unsigned, signed]
  return readings.find((first) => first <= high && first + entries > low) ?? readings[0]
}

const tableOf = (item: DicomDataset, range: InputRange): LookUpTable | undefined => {
  const entries = item.uint16('lutDescriptor', 0)
  const bits = item.uint16('lutDescriptor', 2) ?? 0
  const words = item.words('lutData')
  if (entries === undefined || words === undefined || bits < 8 || bits > 16) return undefined
  // Zero stands for 65536, which 16 bits cannot say.
  const count = entries === 0 ? 65536 : entries
  const first = firstOf(item, count, range)
  if (first === undefined) return undefined
  if (words.length >= count) return { first, bits, values: words.subarray(0, count) }
  return bits === 8 && words.length * 2 >= count ? { first, bits, values: unpacked(words, count) } : undefined
}

/**
 * Reads the first table of a Modality or VOI LUT sequence; undefined where there is none. One that is there and cannot
 * be read fails the film: without it, its pixels would look otherwise.
 */
export const readLookUpTable = (
  dataset: DicomDataset,
  name: 'modalityLutSequence' | 'voiLutSequence',
  range: InputRange,
): ImagingOutcome<LookUpTable | undefined> => {
  const item = dataset.firstItem(name)
  if (item === undefined) return ok(undefined)
  const table = item === 'damaged' ? undefined : tableOf(item, range)
  const which = name === 'voiLutSequence' ? 'VOI' : 'modality'
  return table === undefined ? failed('FILE_CORRUPT', `the ${which} look-up table cannot be read`) : ok(table)
}
