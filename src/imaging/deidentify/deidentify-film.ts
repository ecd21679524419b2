import { ageBands, type FilmAttributes } from '../../contracts/film-attributes.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import { cleanCodestream } from '../codestream/clean-codestream.ts'
import { cleanJpeg } from '../codestream/clean-jpeg.ts'
import { cleanPng } from '../codestream/clean-png.ts'
import { codingOf, nativeSyntaxes, type PixelCodec } from '../dicom/dicom-tags.ts'
import { type DicomDataset, parseDicom } from '../dicom/parse-dicom.ts'
import { joinFragments } from '../dicom/pixel-fragments.ts'
import { type DicomElement, type WritableSyntax, writeDicom } from '../dicom/write-dicom.ts'
import type { DicomPixels, FilmHeader, ImagingOutcome, LookUpTable } from '../film-header.ts'
import { type FilmWords, shiftOf, storedOf } from '../picture/stored-values.ts'
import { plainBytes } from '../plain-bytes.ts'
import { readNativeWords } from '../read-words.ts'
import { applyBasicProfile, deidentificationElements } from './basic-profile.ts'
import { greyHeader, recodedCodecOf, recodedSyntaxUid, recodeFilm } from './recode-film.ts'

const dxForPresentation = '1.2.840.10008.5.1.4.1.1.1.1'

/** Storage classes of projection X-rays: CR, DX for presentation and for processing, XRF (PS3.4 B.5). */
const sopClasses = [
  '1.2.840.10008.5.1.4.1.1.1',
  dxForPresentation,
  '1.2.840.10008.5.1.4.1.1.1.1.1',
  '1.2.840.10008.5.1.4.1.1.12.2',
]

/** Lossy Image Compression: never, or once. */
const lossyFlags = ['00', '01']

const voiFunctions = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID']

const present = (
  tag: number,
  vr: string,
  value: string | number | readonly number[] | undefined,
): DicomElement[] => (value === undefined ? [] : [[tag, vr, value]])

/** The lower end of an age band as DICOM writes ages; years never leave the clinic. */
const ageOf = (band: FilmAttributes['ageBand']): string | undefined => {
  if (band === undefined) return undefined
  const years = band === ageBands[0] ? 0 : Number.parseInt(band, 10)
  return `${String(years).padStart(3, '0')}Y`
}

/** Decimal string of at most 16 characters (PS3.5 6.2, DS). */
const decimal = (value: number): string => String(Number(value.toPrecision(10)))

const decimalOf = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : decimal(value)

const attributeElements = (attributes: FilmAttributes): DicomElement[] => [
  ...present(0x00080060, 'CS', attributes.modality),
  ...present(0x00080070, 'LO', attributes.maker),
  ...present(0x00081090, 'LO', attributes.model),
  ...present(0x00100040, 'CS', attributes.sex),
  ...present(0x00101010, 'AS', ageOf(attributes.ageBand)),
  ...present(0x00180015, 'CS', attributes.bodyPart),
  ...present(0x00180060, 'DS', decimalOf(attributes.kvp)),
  ...present(0x00181020, 'LO', attributes.softwareVersion),
  ...present(0x00181164, 'DS', attributes.imagerPixelSpacingMm?.map(decimal).join('\\')),
  ...present(0x00181411, 'DS', decimalOf(attributes.exposureIndex)),
  ...present(0x00181413, 'DS', decimalOf(attributes.deviationIndex)),
  ...present(0x0018702b, 'LO', attributes.detector),
  ...present(0x00185101, 'CS', attributes.viewPosition),
  ...present(0x00200062, 'CS', attributes.laterality),
]

const lutElements = (tag: number, table: LookUpTable | undefined): DicomElement[] => {
  if (table === undefined) return []
  const { first, bits, values } = table
  const descriptor: DicomElement = [0x00283002, first < 0 ? 'SS' : 'US', [values.length, first, bits]]
  const type: DicomElement[] = tag === 0x00283000 ? [[0x00283004, 'LO', 'US']] : []
  return [[tag, 'SQ', [{ item: [descriptor, ...type, [0x00283006, 'OW', [...values]]] }]]]
}

const toneElements = (header: FilmHeader, dicom: DicomPixels): DicomElement[] => {
  const paddingVr = header.signed ? 'SS' : 'US'
  const rescale = dicom.modalityLut === undefined ? dicom.rescale : undefined
  return [
    ...present(0x00280120, paddingVr, dicom.padding),
    ...present(0x00280121, paddingVr, dicom.paddingLimit),
    ...present(0x00281050, 'DS', dicom.window && decimal(dicom.window.centre)),
    ...present(0x00281051, 'DS', dicom.window && decimal(dicom.window.width)),
    ...present(0x00281052, 'DS', rescale && decimal(rescale.intercept)),
    ...present(0x00281053, 'DS', rescale && decimal(rescale.slope)),
    ...present(0x00281054, 'LO', rescale && 'US'),
    ...present(
      0x00281056,
      'CS',
      voiFunctions.find((name) => name === dicom.voiFunction),
    ),
    ...lutElements(0x00283000, dicom.modalityLut),
    ...lutElements(0x00283010, dicom.voiLut),
  ]
}

/** A pixel of one sample, but where a codestream holds grey as three. */
const sampleElements = ({ colour, photometric }: FilmHeader): DicomElement[] => {
  if (colour === undefined)
    return [
      [0x00280002, 'US', 1],
      [0x00280004, 'CS', photometric],
    ]
  return [
    [0x00280002, 'US', 3],
    [0x00280004, 'CS', colour.space === 'rgb' ? 'RGB' : 'YBR_FULL'],
    [0x00280006, 'US', colour.planar ? 1 : 0],
  ]
}

const pixelElements = (header: FilmHeader, dicom: DicomPixels): DicomElement[] => [
  ...sampleElements(header),
  [0x00280010, 'US', header.rows],
  [0x00280011, 'US', header.columns],
  [0x00280100, 'US', header.bitsAllocated],
  [0x00280101, 'US', header.bitsStored],
  [0x00280102, 'US', header.highBit],
  [0x00280103, 'US', header.signed ? 1 : 0],
  ...toneElements(header, dicom),
]

/** Pixels with nothing but the stored bits in each word: old films keep overlays, and so names, in the others. */
const nativePixels = (words: FilmWords, header: FilmHeader, bigEndian: boolean): Uint8Array => {
  const stored = storedOf(words, header)
  const shift = shiftOf(header)
  if (header.bitsAllocated === 8) return Uint8Array.from(stored, (sample) => sample << shift)
  const placed = shift === 0 ? stored : stored.map((sample) => sample << shift)
  const bytes = Buffer.from(placed.buffer, placed.byteOffset, placed.byteLength)
  return new Uint8Array(bigEndian ? bytes.swap16() : bytes)
}

/** What is written of the pixels, with the header and the transfer syntax that they have then. */
type Written = {
  readonly header: FilmHeader
  readonly element: DicomElement
  readonly transferSyntaxUid: string
}

const writeNative = (
  value: Uint8Array,
  header: FilmHeader,
  dicom: DicomPixels,
): ImagingOutcome<{ header: FilmHeader; bytes: Uint8Array }> => {
  const bigEndian = dicom.transferSyntaxUid === nativeSyntaxes.explicitBigEndian
  const words = readNativeWords(value, header, dicom)
  if (words.kind !== 'ok') return words
  const grey = header.colour === undefined ? header : greyHeader(header)
  return ok({ header: grey, bytes: nativePixels(words.value, grey, bigEndian) })
}

const encapsulated = (stream: Uint8Array): DicomElement => [0x7fe00010, 'OB', { fragments: [stream] }]

const writeCoded = async (
  value: Uint8Array,
  header: FilmHeader,
  { transferSyntaxUid, codec }: { transferSyntaxUid: string; codec: Exclude<PixelCodec, 'native'> },
): Promise<ImagingOutcome<Written>> => {
  const planes = (header.bitsAllocated === 8 ? 1 : 2) * (header.colour === undefined ? 1 : 3)
  const cleaned = cleanCodestream(codec, value, { pixels: header.rows * header.columns, planes })
  if (cleaned.kind !== 'ok') return cleaned
  const recoded = recodedCodecOf(codec)
  if (recoded === undefined) return ok({ header, element: encapsulated(cleaned.value), transferSyntaxUid })
  const lossy = codingOf(transferSyntaxUid)?.lossy === true
  const anew = await recodeFilm(cleaned.value, header, { codec: recoded, lossy })
  if (anew.kind !== 'ok') return anew
  const { header: grey, stream } = anew.value
  return ok({ header: grey, element: encapsulated(stream), transferSyntaxUid: recodedSyntaxUid })
}

const pixelDataOf = async (
  { bytes }: DicomDataset,
  header: FilmHeader,
  dicom: DicomPixels,
): Promise<ImagingOutcome<Written>> => {
  const { transferSyntaxUid } = dicom
  const { offset, length, fragments } = dicom.element
  const { codec = 'native' } = codingOf(transferSyntaxUid) ?? {}
  const value =
    fragments === undefined ? bytes.subarray(offset, offset + length) : joinFragments(bytes, fragments)
  if (codec !== 'native') return writeCoded(value, header, { transferSyntaxUid, codec })
  const written = writeNative(value, header, dicom)
  if (written.kind !== 'ok') return written
  const { header: grey, bytes: pixels } = written.value
  const vr = grey.bitsAllocated === 16 ? 'OW' : 'OB'
  const element: DicomElement = fragments === undefined ? [0x7fe00010, vr, pixels] : encapsulated(pixels)
  return ok({ header: grey, element, transferSyntaxUid })
}

const syntaxNames: readonly WritableSyntax[] = [
  'implicitLittleEndian',
  'deflatedLittleEndian',
  'explicitBigEndian',
  'explicitLittleEndian',
]
const syntaxOf = (uid: string): WritableSyntax =>
  syntaxNames.find((name) => nativeSyntaxes[name] === uid) ?? 'explicitLittleEndian'

type Options = { readonly replacementUid: (uid: string) => string }

const uidElements = (dataset: DicomDataset, { replacementUid }: Options): DicomElement[] => {
  const [study, series] = [dataset.text('studyInstanceUid'), dataset.text('seriesInstanceUid')]
  return [
    ...present(0x0020000d, 'UI', study && replacementUid(study)),
    ...present(0x0020000e, 'UI', series && replacementUid(series)),
  ]
}

/** Attributes that an object of its class must have, and that nobody needs here (PS3.3 A.2, A.26). */
const emptyElements: readonly DicomElement[] = [
  [0x00080020, 'DA', ''],
  [0x00080030, 'TM', ''],
  [0x00080050, 'SH', ''],
  [0x00080090, 'PN', ''],
  [0x00100010, 'PN', ''],
  [0x00100020, 'LO', ''],
  [0x00100030, 'DA', ''],
  [0x00200010, 'SH', ''],
]

/** What was coded with loss once says so where its transfer syntax no longer does. */
const lossyElements = (dataset: DicomDataset, { transferSyntaxUid }: DicomPixels): DicomElement[] => {
  const said = lossyFlags.find((flag) => flag === dataset.text('lossyImageCompression'))
  return present(0x00282110, 'CS', said ?? (codingOf(transferSyntaxUid)?.lossy === true ? '01' : undefined))
}

/**
 * Writes a new file around the pixels with nothing but what is named here: what a manufacturer or a person put
 * anywhere else stays at the clinic. PS3.15 annex E asks to remove what is listed; an allow list also removes what
 * nobody thought of, and the listed attributes among it are emptied or removed as the table says.
 */
const deidentifyDicom = async (
  bytes: Uint8Array,
  header: FilmHeader,
  options: Options,
): Promise<ImagingOutcome<Uint8Array>> => {
  const parsed = parseDicom(bytes)
  if (parsed.kind !== 'ok') return parsed
  const dataset = parsed.value
  const { dicom, identity } = header
  if (dicom === undefined) return failed('FILE_CORRUPT', 'the header does not belong to the file')
  const pixels = await pixelDataOf(dataset, header, dicom)
  if (pixels.kind !== 'ok') return pixels
  const sopClass = dataset.text('sopClassUid')
  const elements = [
    ...emptyElements,
    ...attributeElements(header.attributes),
    ...uidElements(dataset, options),
    ...lossyElements(dataset, dicom),
    ...pixelElements(pixels.value.header, dicom),
    pixels.value.element,
  ]
  return ok(
    writeDicom({
      sopClassUid: sopClasses.find((uid) => uid === sopClass) ?? dxForPresentation,
      // A film without a UID is known by its bytes.
      sopInstanceUid: options.replacementUid(identity.sopInstanceUid ?? sha256Of(bytes)),
      syntax: syntaxOf(dicom.transferSyntaxUid),
      declaredSyntaxUid: pixels.value.transferSyntaxUid,
      elements: [...applyBasicProfile(elements), ...deidentificationElements()],
    }),
  )
}

/**
 * Takes out of a file whatever names a person; pixels stay as they are, value for value. The same file always gives
 * the same bytes. `replacementUid` makes the new SOP Instance UID from the old one.
 */
export const deidentifyFilm = async (
  file: Uint8Array,
  header: FilmHeader,
  options: Options,
): Promise<ImagingOutcome<Uint8Array>> => {
  const bytes = plainBytes(file)
  if (header.format === 'png') return cleanPng(bytes)
  if (header.format === 'jpeg') return cleanJpeg(bytes, { keepOrientation: true })
  return deidentifyDicom(bytes, header, options)
}
