import { failed, ok, rejected } from '../../runtime/outcome.ts'
import { type CodestreamShape, readCodestream } from '../codecs/read-codestream.ts'
import type { DicomPixels, FilmHeader, ImagingOutcome, PixelElement } from '../film-header.ts'
import { codingOf, nativeSyntaxes, type PixelCodec } from './dicom-tags.ts'
import { type DicomDataset, parseDicom } from './parse-dicom.ts'
import { joinFragments } from './pixel-fragments.ts'
import { readAgeBand, readFilmAttributes, readFilmIdentity } from './read-film-attributes.ts'
import { readLookUpTable } from './read-look-up-table.ts'

/** Modalities of projection radiography. */
const modalities = ['CR', 'DX', 'RF', 'XR', 'RG']

/** Enough of a codestream to hold its size behind the comments and profiles that may come first. */
const codestreamHeadBytes = 256 * 1024

type Shape = Pick<FilmHeader, 'rows' | 'columns' | 'bitsAllocated' | 'bitsStored' | 'highBit'>

const windowOf = (dataset: DicomDataset): DicomPixels['window'] => {
  const [centre, width] = [dataset.number('windowCenter'), dataset.number('windowWidth')]
  return centre === undefined || width === undefined || width <= 0 ? undefined : { centre, width }
}

const pixelsOf = (
  dataset: DicomDataset,
  { transferSyntaxUid, pixel, signed }: { transferSyntaxUid: string; pixel: PixelElement; signed: boolean },
): DicomPixels => {
  const padding = signed ? dataset.int16 : dataset.uint16
  const slope = dataset.number('rescaleSlope') ?? 1
  return {
    transferSyntaxUid,
    element: pixel,
    inflated: transferSyntaxUid === nativeSyntaxes.deflatedLittleEndian ? dataset.bytes : undefined,
    padding: padding('pixelPaddingValue'),
    paddingLimit: padding('pixelPaddingRangeLimit'),
    rescale: { slope: slope === 0 ? 1 : slope, intercept: dataset.number('rescaleIntercept') ?? 0 },
    window: windowOf(dataset),
    voiFunction: dataset.text('voiLutFunction'),
    modalityLut: readLookUpTable(dataset, 'modalityLutSequence', signed),
    voiLut: readLookUpTable(dataset, 'voiLutSequence', signed),
  }
}

const shapeOf = (dataset: DicomDataset): ImagingOutcome<Shape> => {
  const rows = dataset.uint16('rows') ?? 0
  const columns = dataset.uint16('columns') ?? 0
  const bitsAllocated = dataset.uint16('bitsAllocated') ?? 0
  const bitsStored = dataset.uint16('bitsStored') ?? bitsAllocated
  const highBit = dataset.uint16('highBit') ?? bitsStored - 1
  if (bitsAllocated !== 8 && bitsAllocated !== 16)
    return failed('ENCODING_UNSUPPORTED', `${bitsAllocated} bits allocated`)
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit >= bitsAllocated || highBit + 1 < bitsStored)
    return failed('FILE_CORRUPT', 'bits stored, high bit and bits allocated do not fit together')
  if (rows === 0 || columns === 0) return rejected('DIMENSIONS_MISMATCH', `${rows} x ${columns} pixels`)
  const frames = dataset.number('numberOfFrames') ?? 1
  if (frames > 1) return rejected('DIMENSIONS_MISMATCH', `${frames} frames, where a film has one`)
  return ok({ rows, columns, bitsAllocated, bitsStored, highBit })
}

type Refusal = Exclude<ImagingOutcome<never>, { kind: 'ok' }>

/** Native pixels are as many bytes as rows and columns ask for, and one of padding (PS3.5 8.1.1). */
const nativeFault = ({ rows, columns, bitsAllocated }: Shape, length: number): Refusal | undefined => {
  const needed = rows * columns * (bitsAllocated / 8)
  if (length >= needed && length <= needed + 1) return undefined
  return rejected(
    'DIMENSIONS_MISMATCH',
    `${rows} x ${columns} pixels of ${bitsAllocated} bits in ${length} bytes`,
  )
}

const codestreamFault = (shape: Shape, coded: CodestreamShape): Refusal | undefined => {
  if (coded.components !== 1) return rejected('COLOUR_PHOTOGRAPH', `${coded.components} components`)
  if (coded.rows !== shape.rows || coded.columns !== shape.columns)
    return rejected(
      'DIMENSIONS_MISMATCH',
      `${shape.rows} x ${shape.columns} pixels, coded as ${coded.rows} x ${coded.columns}`,
    )
  // The standard has DCT of 8 and 12 bits; some writers make 16, which decoders read differently (T.81, B.2.2).
  if (coded.isDct && coded.bits !== 8 && coded.bits !== 12)
    return failed('ENCODING_UNSUPPORTED', `JPEG by DCT of ${coded.bits} bits`)
  if (coded.bits > shape.bitsAllocated || coded.bits < 1)
    return failed('FILE_CORRUPT', `${coded.bits} bits coded for ${shape.bitsAllocated} allocated`)
  return undefined
}

const pixelFault = (
  { bytes, pixel, codec }: { bytes: Uint8Array; pixel: PixelElement; codec: PixelCodec },
  shape: Shape,
): Refusal | undefined => {
  const { fragments } = pixel
  if (codec === 'native') {
    const length = fragments?.reduce((sum, fragment) => sum + fragment.length, 0) ?? pixel.length
    return nativeFault(shape, length)
  }
  if (fragments === undefined || fragments.length === 0)
    return failed('FILE_CORRUPT', 'the pixel data hold no fragment')
  if (codec === 'rle') return undefined
  const coded = readCodestream(codec, joinFragments(bytes, fragments, codestreamHeadBytes))
  return coded.kind === 'ok' ? codestreamFault(shape, coded.value) : coded
}

const refusedContent = (dataset: DicomDataset): Refusal | undefined => {
  if (dataset.pixelData === undefined) return rejected('NO_PIXEL_DATA', 'the object has no pixel data')
  const modality = dataset.text('modality')
  if (modality !== undefined && !modalities.includes(modality))
    return rejected('WRONG_MODALITY', `modality ${modality.slice(0, 16)}`)
  if (dataset.text('burnedInAnnotation') === 'YES') return rejected('BURNED_IN_ANNOTATION', 'by the header')
  return readAgeBand(dataset) === '0-17' ? rejected('UNDER_18', 'by the age in the header') : undefined
}

type Grey = Pick<FilmHeader, 'photometric'>

const greyOf = (dataset: DicomDataset): ImagingOutcome<Grey> => {
  const photometric = dataset.text('photometricInterpretation')
  const samples = dataset.uint16('samplesPerPixel') ?? 1
  if ((photometric === 'MONOCHROME1' || photometric === 'MONOCHROME2') && samples === 1)
    return ok({ photometric })
  return rejected(
    'COLOUR_PHOTOGRAPH',
    `${samples} samples, ${photometric?.slice(0, 16) ?? 'no interpretation'}`,
  )
}

const readGrey = (dataset: DicomDataset, pixel: PixelElement, grey: Grey): ImagingOutcome<FilmHeader> => {
  const { transferSyntaxUid } = dataset
  const coding = codingOf(transferSyntaxUid)
  if (coding === undefined)
    return failed('ENCODING_UNSUPPORTED', `transfer syntax ${transferSyntaxUid.slice(0, 64)}`)
  if (coding.encapsulated !== (pixel.fragments !== undefined))
    return failed('FILE_CORRUPT', 'pixel data are not laid out as the transfer syntax says')
  const shape = shapeOf(dataset)
  if (shape.kind !== 'ok') return shape
  const fault = pixelFault({ bytes: dataset.bytes, pixel, codec: coding.codec }, shape.value)
  if (fault !== undefined) return fault
  const signed = dataset.uint16('pixelRepresentation') === 1
  return ok({
    format: 'dicom',
    contentType: 'application/dicom',
    ...shape.value,
    ...grey,
    signed,
    attributes: readFilmAttributes(dataset, shape.value.rows, shape.value.columns),
    identity: readFilmIdentity(dataset),
    dicom: pixelsOf(dataset, { transferSyntaxUid, pixel, signed }),
  })
}

/** Reads the header of a Part 10 film. */
export const readDicomHeader = (bytes: Uint8Array): ImagingOutcome<FilmHeader> => {
  const parsed = parseDicom(bytes)
  if (parsed.kind !== 'ok') return parsed
  const dataset = parsed.value
  const refused = refusedContent(dataset)
  if (refused !== undefined) return refused
  if (dataset.pixelData === undefined) return rejected('NO_PIXEL_DATA', 'the object has no pixel data')
  const { offset, length, fragments } = dataset.pixelData
  if (fragments === undefined && offset + length > dataset.bytes.length)
    return failed('FILE_CORRUPT', 'the file ends within the pixel data')
  const grey = greyOf(dataset)
  return grey.kind === 'ok' ? readGrey(dataset, dataset.pixelData, grey.value) : grey
}
