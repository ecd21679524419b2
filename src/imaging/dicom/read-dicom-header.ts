import { failed, ok, rejected } from '../../runtime/outcome.ts'
import { type CodestreamShape, readCodestream } from '../codecs/read-codestream.ts'
import type { ColourLayout, DicomPixels, FilmHeader, ImagingOutcome, PixelElement } from '../film-header.ts'
import { codingOf, nativeSyntaxes, type PixelCodec } from './dicom-tags.ts'
import { type DicomDataset, parseDicom } from './parse-dicom.ts'
import { joinFragments } from './pixel-fragments.ts'
import { readFilmAttributes, readFilmIdentity } from './read-film-attributes.ts'
import { type Grey, readGrey } from './read-grey.ts'
import { readTone } from './read-tone.ts'
import { refusedContent } from './refuse-content.ts'
import { samplesOf } from './samples-of.ts'

/** Enough of a codestream to hold its size behind the comments and profiles that may come first. */
const codestreamHeadBytes = 256 * 1024

/** Bytes behind uncompressed pixels that are taken for padding: PS3.5 8.1.1 has one, writers fill up to blocks. */
const paddingBytes = 128

type Shape = Pick<FilmHeader, 'rows' | 'columns' | 'bitsAllocated' | 'bitsStored' | 'highBit'>

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

/** Native pixels are as many bytes as rows and columns ask for, and some of padding. */
const nativeFault = (
  { rows, columns, bitsAllocated }: Shape,
  length: number,
  colour: ColourLayout | undefined,
): Refusal | undefined => {
  const row = columns * samplesOf(colour) * (bitsAllocated / 8)
  const excess = length - rows * row
  // As many bytes as a row are no padding: rows or columns are wrong then.
  if (excess >= 0 && excess <= Math.max(1, Math.min(paddingBytes, row - 1))) return undefined
  return rejected(
    'DIMENSIONS_MISMATCH',
    `${rows} x ${columns} pixels of ${bitsAllocated} bits in ${length} bytes`,
  )
}

/** JPEG's sequential, progressive and lossless processes by Huffman's codes, and JPEG-LS (T.81, B.1.1.3; T.87, C.1). */
const readProcesses = [0, 1, 2, 3, 0x37]

const codestreamFault = (shape: Shape, coded: CodestreamShape): Refusal | undefined => {
  if (!readProcesses.includes(coded.process))
    return failed('ENCODING_UNSUPPORTED', `JPEG process SOF${coded.process}: arithmetic or hierarchical`)
  if (coded.components !== 1 && coded.components !== 3)
    return rejected('COLOUR_PHOTOGRAPH', `${coded.components} components`)
  if (coded.rows !== shape.rows || coded.columns !== shape.columns)
    return rejected(
      'DIMENSIONS_MISMATCH',
      `${shape.rows} x ${shape.columns} pixels, coded as ${coded.rows} x ${coded.columns}`,
    )
  // The standard has DCT of 8 and 12 bits; some writers make 16, which decoders read differently (T.81, B.2.2).
  if (coded.isDct && coded.bits !== 8 && coded.bits !== 12)
    return failed('ENCODING_UNSUPPORTED', `JPEG by DCT of ${coded.bits} bits`)
  if (coded.isDct && coded.bits !== 8 && coded.components === 3)
    return failed('ENCODING_UNSUPPORTED', `colour JPEG of ${coded.bits} bits`)
  if (coded.bits > shape.bitsAllocated || coded.bits < 1)
    return failed('FILE_CORRUPT', `${coded.bits} bits coded for ${shape.bitsAllocated} allocated`)
  return undefined
}

type Coded = { readonly dataset: DicomDataset; readonly pixel: PixelElement; readonly codec: PixelCodec }

/** The colours that pixels have indeed: what a codestream holds goes before what the header says. */
const coloursOf = (
  { dataset, pixel, codec }: Coded,
  shape: Shape,
  grey: Grey,
): ImagingOutcome<ColourLayout | undefined> => {
  const { fragments } = pixel
  if (codec === 'native') {
    const length = fragments?.reduce((sum, fragment) => sum + fragment.length, 0) ?? pixel.length
    return nativeFault(shape, length, grey.colour) ?? ok(grey.colour)
  }
  if (fragments === undefined || fragments.length === 0)
    return failed('FILE_CORRUPT', 'the pixel data hold no fragment')
  if (codec === 'rle') return ok(grey.colour && { space: rleSpace(grey.colour), planar: true })
  const head = readCodestream(codec, joinFragments(dataset.bytes, fragments, codestreamHeadBytes))
  if (head.kind !== 'ok') return head
  const fault = codestreamFault(shape, head.value)
  if (fault !== undefined) return fault
  if (head.value.components === 1) return ok(undefined)
  const isYbr = grey.colour?.space === 'ybr' && codec !== 'jpeg'
  return ok({ space: isYbr ? 'ybr' : 'rgb', planar: false })
}

/** RLE codes planes, and so has no shared colours. */
const rleSpace = ({ space }: ColourLayout): ColourLayout['space'] => (space === 'ybr422' ? 'ybr' : space)

const pixelsOf = (
  dataset: DicomDataset,
  { transferSyntaxUid, pixel }: { transferSyntaxUid: string; pixel: PixelElement },
) => ({
  transferSyntaxUid,
  element: pixel,
  inflated: transferSyntaxUid === nativeSyntaxes.deflatedLittleEndian ? dataset.bytes : undefined,
})

const readFilm = (dataset: DicomDataset, pixel: PixelElement, grey: Grey): ImagingOutcome<FilmHeader> => {
  const { transferSyntaxUid } = dataset
  const coding = codingOf(transferSyntaxUid)
  if (coding === undefined)
    return failed('ENCODING_UNSUPPORTED', `transfer syntax ${transferSyntaxUid.replace(/[^0-9.]/g, '')}`)
  if (coding.encapsulated !== (pixel.fragments !== undefined))
    return failed('FILE_CORRUPT', 'pixel data are not laid out as the transfer syntax says')
  const shape = shapeOf(dataset)
  if (shape.kind !== 'ok') return shape
  const colour = coloursOf({ dataset, pixel, codec: coding.codec }, shape.value, grey)
  if (colour.kind !== 'ok') return colour
  const signed = dataset.uint16('pixelRepresentation') === 1
  if (colour.value !== undefined && signed) return failed('ENCODING_UNSUPPORTED', 'signed colours')
  const tone = readTone(dataset, { ...shape.value, signed }, grey.palette)
  if (tone.kind !== 'ok') return tone
  const dicom: DicomPixels = { ...pixelsOf(dataset, { transferSyntaxUid, pixel }), ...tone.value }
  return ok({
    format: 'dicom',
    contentType: 'application/dicom',
    ...shape.value,
    photometric: grey.photometric,
    ...(colour.value === undefined ? {} : { colour: colour.value }),
    signed,
    attributes: readFilmAttributes(dataset, shape.value.rows, shape.value.columns),
    identity: readFilmIdentity(dataset),
    dicom,
  })
}

/** Reads the header of a DICOM film. */
export const readDicomHeader = (bytes: Uint8Array): ImagingOutcome<FilmHeader> => {
  const parsed = parseDicom(bytes)
  if (parsed.kind !== 'ok') return parsed
  const dataset: DicomDataset = parsed.value
  const refused = refusedContent(dataset)
  if (refused !== undefined) return refused
  if (dataset.pixelData === undefined) return rejected('NO_PIXEL_DATA', 'the object has no pixel data')
  const grey = readGrey(dataset)
  return grey.kind === 'ok' ? readFilm(dataset, dataset.pixelData, grey.value) : grey
}
