import { ok } from '../../runtime/outcome.ts'
import type { DicomPixels, FilmHeader, ImagingOutcome, LookUpTable } from '../film-header.ts'
import type { DicomDataset } from './parse-dicom.ts'
import { type InputRange, readLookUpTable } from './read-look-up-table.ts'

/** What turns stored values into grey. */
export type Tone = Omit<DicomPixels, 'transferSyntaxUid' | 'element' | 'inflated'>

const windowOf = (dataset: DicomDataset): DicomPixels['window'] => {
  const [centre, width] = [dataset.number('windowCenter'), dataset.number('windowWidth')]
  return centre === undefined || width === undefined || width <= 0 ? undefined : { centre, width }
}

const storedRange = ({ bitsStored, signed }: Pick<FilmHeader, 'bitsStored' | 'signed'>): InputRange =>
  signed
    ? { low: -(2 ** (bitsStored - 1)), high: 2 ** (bitsStored - 1) - 1 }
    : { low: 0, high: 2 ** bitsStored - 1 }

/** What the modality step makes of the stored values, which the VOI table is asked for. */
const modalityRange = (
  stored: InputRange,
  table: LookUpTable | undefined,
  { slope, intercept }: DicomPixels['rescale'],
): InputRange => {
  if (table !== undefined) return { low: 0, high: 2 ** table.bits - 1 }
  const ends = [stored.low * slope + intercept, stored.high * slope + intercept]
  return { low: Math.min(...ends), high: Math.max(...ends) }
}

const rescaleOf = (dataset: DicomDataset): DicomPixels['rescale'] => {
  const slope = dataset.number('rescaleSlope') ?? 1
  return { slope: slope === 0 ? 1 : slope, intercept: dataset.number('rescaleIntercept') ?? 0 }
}

/** Reads padding, rescaling, windows and look-up tables. A palette of grey stands in the place of the VOI table. */
export const readTone = (
  dataset: DicomDataset,
  values: Pick<FilmHeader, 'bitsStored' | 'signed'>,
  palette: LookUpTable | undefined,
): ImagingOutcome<Tone> => {
  const padding = values.signed ? dataset.int16 : dataset.uint16
  const common = {
    padding: padding('pixelPaddingValue'),
    paddingLimit: padding('pixelPaddingRangeLimit'),
    window: windowOf(dataset),
    voiFunction: dataset.text('voiLutFunction')?.toUpperCase(),
  }
  if (palette !== undefined)
    return ok({ ...common, rescale: { slope: 1, intercept: 0 }, modalityLut: undefined, voiLut: palette })
  const stored = storedRange(values)
  const modality = readLookUpTable(dataset, 'modalityLutSequence', stored)
  if (modality.kind !== 'ok') return modality
  const rescale = rescaleOf(dataset)
  const voi = readLookUpTable(dataset, 'voiLutSequence', modalityRange(stored, modality.value, rescale))
  if (voi.kind !== 'ok') return voi
  return ok({ ...common, rescale, modalityLut: modality.value, voiLut: voi.value })
}
