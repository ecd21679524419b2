import { ok, rejected } from '../../runtime/outcome.ts'
import type { ColourLayout, FilmHeader, ImagingOutcome, LookUpTable } from '../film-header.ts'
import type { TagName } from './dicom-tags.ts'
import type { DicomDataset } from './parse-dicom.ts'

/** How the pixels of a header become grey. */
export type Grey = Pick<FilmHeader, 'photometric'> & {
  /** Samples a pixel, as the header says. */
  readonly samples: number
  readonly colour?: ColourLayout
  /** A palette whose colours are all grey is a look-up table. */
  readonly palette?: LookUpTable
}

/** Largest difference of a palette's colours, of 16 bits, that is still grey. */
const paletteTolerance = 12 * 257

const colourSpaces: Readonly<Record<string, ColourLayout['space']>> = {
  RGB: 'rgb',
  YBR_FULL: 'ybr',
  YBR_FULL_422: 'ybr422',
  YBR_PARTIAL_420: 'ybr',
  YBR_ICT: 'rgb',
  YBR_RCT: 'rgb',
}

const paletteOf = (dataset: DicomDataset, colour: 'red' | 'green' | 'blue'): LookUpTable | undefined => {
  const [descriptor, data]: [TagName, TagName] = [`${colour}PaletteDescriptor`, `${colour}Palette`]
  const entries = dataset.uint16(descriptor, 0)
  const [first, bits] = [dataset.uint16(descriptor, 1), dataset.uint16(descriptor, 2)]
  const words = dataset.words(data)
  if (entries === undefined || first === undefined || words === undefined) return undefined
  const count = entries === 0 ? 65536 : entries
  if ((bits !== 8 && bits !== 16) || words.length * (bits === 8 ? 2 : 1) < count) return undefined
  if (words.length >= count) return { first, bits, values: words.subarray(0, count) }
  const values = Uint16Array.from({ length: count }, (_, index) => {
    const word = words[index >> 1] ?? 0
    return index % 2 === 0 ? word & 0xff : word >> 8
  })
  return { first, bits, values }
}

/** The palette as one table of grey; undefined where there is none, or one with colours. */
const greyPalette = (dataset: DicomDataset): LookUpTable | undefined => {
  const red = paletteOf(dataset, 'red')
  const others = [paletteOf(dataset, 'green'), paletteOf(dataset, 'blue')]
  if (red === undefined) return undefined
  const tolerance = red.bits === 8 ? paletteTolerance / 257 : paletteTolerance
  const isGrey = others.every(
    (other) =>
      other?.first === red.first &&
      other.bits === red.bits &&
      other.values.length === red.values.length &&
      other.values.every((value, index) => Math.abs(value - (red.values[index] ?? 0)) <= tolerance),
  )
  return isGrey ? red : undefined
}

const monochromeOf = (dataset: DicomDataset, stated: string | undefined): FilmHeader['photometric'] => {
  if (stated === 'MONOCHROME1' || stated === 'MONOCHROME2') return stated
  // Where it is missing, the shape of the presentation says which end is white.
  return dataset.text('presentationLutShape')?.toUpperCase() === 'INVERSE' ? 'MONOCHROME1' : 'MONOCHROME2'
}

/** Reads how a film's pixels become grey: directly, by a palette, or from three samples that may all be the same. */
export const readGrey = (dataset: DicomDataset): ImagingOutcome<Grey> => {
  const stated = dataset.text('photometricInterpretation')?.toUpperCase()
  const samples = dataset.uint16('samplesPerPixel') ?? 1
  const refused = (what: string) => rejected('COLOUR_PHOTOGRAPH', `${samples} samples, ${what}`)
  if (samples === 1 && (stated === undefined || stated.startsWith('MONOCHROME')))
    return ok({ photometric: monochromeOf(dataset, stated), samples })
  if (samples === 1 && stated === 'PALETTE COLOR') {
    const palette = greyPalette(dataset)
    return palette === undefined
      ? refused('a palette that is not grey')
      : ok({ photometric: 'MONOCHROME2', samples, palette })
  }
  const space = colourSpaces[stated ?? '']
  if (samples !== 3 || space === undefined) return refused('no interpretation that is read')
  const planar = dataset.uint16('planarConfiguration') === 1 && space !== 'ybr422'
  return ok({ photometric: 'MONOCHROME2', samples, colour: { space, planar } })
}
