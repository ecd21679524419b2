import type { DicomPixels, FilmHeader, LookUpTable } from '../film-header.ts'

/** A step from one value to the next, and the range of what it gives. */
type Scale = {
  readonly valueOf: (input: number) => number
  readonly lowest: number
  readonly highest: number
}

const lookUp = ({ first, bits, values }: LookUpTable, before: (stored: number) => number): Scale => ({
  // Inputs outside of the table take its ends (PS3.3 C.11.1.1).
  valueOf: (stored) => {
    const index = Math.round(before(stored)) - first
    return values[Math.min(values.length - 1, Math.max(0, index))] ?? 0
  },
  lowest: 0,
  highest: 2 ** bits - 1,
})

const linear = (header: FilmHeader, { slope, intercept }: DicomPixels['rescale']): Scale => {
  const base = header.signed ? -(2 ** (header.bitsStored - 1)) : 0
  const ends = [base, base + 2 ** header.bitsStored - 1].map((stored) => stored * slope + intercept)
  return {
    valueOf: (stored) => stored * slope + intercept,
    lowest: Math.min(...ends),
    highest: Math.max(...ends),
  }
}

/** PS3.3 C.11.2.1.3.1. */
const sigmoid = (
  { centre, width }: NonNullable<DicomPixels['window']>,
  before: (stored: number) => number,
): Scale => ({
  valueOf: (stored) => 1 / (1 + Math.exp((-4 * (before(stored) - centre)) / width)),
  lowest: 0,
  highest: 1,
})

const scaleOf = (header: FilmHeader): Scale => {
  const { dicom } = header
  if (dicom === undefined) return linear(header, { slope: 1, intercept: 0 })
  const modality =
    dicom.modalityLut === undefined
      ? linear(header, dicom.rescale)
      : lookUp(dicom.modalityLut, (stored) => stored)
  if (dicom.voiLut !== undefined) return lookUp(dicom.voiLut, modality.valueOf)
  if (dicom.voiFunction === 'SIGMOID' && dicom.window !== undefined)
    return sigmoid(dicom.window, modality.valueOf)
  return modality
}

const isPaddingOf = (dicom: DicomPixels | undefined): ((stored: number) => boolean) => {
  const padding = dicom?.padding
  if (padding === undefined) return () => false
  const limit = dicom?.paddingLimit ?? padding
  const [low, high] = [Math.min(padding, limit), Math.max(padding, limit)]
  return (stored) => stored >= low && stored <= high
}

/** The grey (0–65535) of every stored value, indexed by the stored bits: 2 ^ bitsStored entries. */
export const greyTableOf = (header: FilmHeader): Uint16Array => {
  const { bitsStored, signed, photometric } = header
  const { valueOf, lowest, highest } = scaleOf(header)
  const isPadding = isPaddingOf(header.dicom)
  const inverted = photometric === 'MONOCHROME1'
  const factor = 65535 / (highest - lowest)
  const table = new Uint16Array(2 ** bitsStored)
  for (let bits = 0; bits < table.length; bits += 1) {
    const stored = signed && bits >= table.length / 2 ? bits - table.length : bits
    if (isPadding(stored)) continue
    const grey = Math.min(65535, Math.max(0, (valueOf(stored) - lowest) * factor))
    table[bits] = inverted ? 65535 - grey : grey
  }
  return table
}
