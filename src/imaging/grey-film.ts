import type { DecodedFilm } from './decode-film.ts'

/** A film in grey: rows × columns values, 0 to 65535, in which more attenuation (bone) is brighter. */
export type GreyFilm = { readonly rows: number; readonly columns: number; readonly pixels: Uint16Array }

/** A rectangle of a film in pixels. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/**
 * Turns stored values into grey: the stored bits fill 16, signed values are moved above zero, MONOCHROME1 is
 * inverted, and padding becomes black. Windows and linear rescaling are not applied: regions are stretched
 * between their own percentiles later, which undoes any linear step and never clips bone.
 */
export const toGreyscale = (film: DecodedFilm): GreyFilm => {
  const { header, stored, rows, columns } = film
  const base = header.signed ? 2 ** (header.bitsStored - 1) : 0
  const scale = 65535 / (2 ** header.bitsStored - 1)
  const inverted = header.photometric === 'MONOCHROME1'
  const padding = header.dicom?.padding
  const pixels = new Uint16Array(stored.length)
  for (let index = 0; index < stored.length; index += 1) {
    const value = stored[index] ?? 0
    if (padding !== undefined && value === padding) continue
    const grey = (value + base) * scale
    pixels[index] = inverted ? 65535 - grey : grey
  }
  return { rows, columns, pixels }
}
