import { createHash } from 'node:crypto'
import { ageBands, type FilmAttributes } from '../../contracts/film-attributes.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import { nativeSyntaxes } from '../dicom/dicom-tags.ts'
import { type DicomDataset, parseDicom } from '../dicom/parse-dicom.ts'
import { type DicomElement, type WritableSyntax, writeDicom } from '../dicom/write-dicom.ts'
import type { DicomPixels, FilmHeader, ImagingOutcome, LookUpTable } from '../film-header.ts'
import { nativeWordsOf, shiftOf, storedOf } from '../picture/stored-values.ts'
import { plainBytes } from '../plain-bytes.ts'
import { stripJpeg, stripPng } from './strip-picture.ts'

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

const lutElements = (tag: number, table: LookUpTable | undefined, header: FilmHeader): DicomElement[] => {
  if (table === undefined) return []
  const { first, bits, values } = table
  const descriptor: DicomElement = [0x00283002, header.signed ? 'SS' : 'US', [values.length, first, bits]]
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
    ...lutElements(0x00283000, dicom.modalityLut, header),
    ...lutElements(0x00283010, dicom.voiLut, header),
  ]
}

const pixelElements = (header: FilmHeader, dicom: DicomPixels): DicomElement[] => [
  [0x00280002, 'US', 1],
  [0x00280004, 'CS', header.photometric],
  [0x00280010, 'US', header.rows],
  [0x00280011, 'US', header.columns],
  [0x00280100, 'US', header.bitsAllocated],
  [0x00280101, 'US', header.bitsStored],
  [0x00280102, 'US', header.highBit],
  [0x00280103, 'US', header.signed ? 1 : 0],
  ...toneElements(header, dicom),
]

/** Pixels with nothing but the stored bits in each word: old films keep overlays, and so names, in the others. */
const nativePixels = (value: Uint8Array, header: FilmHeader, bigEndian: boolean): Uint8Array => {
  const { bitsAllocated } = header
  const count = header.rows * header.columns
  const stored = storedOf(nativeWordsOf(value, count, header, bigEndian), header)
  const shift = shiftOf(header)
  if (bitsAllocated === 8) return Uint8Array.from(stored, (sample) => sample << shift)
  const placed = shift === 0 ? stored : stored.map((sample) => sample << shift)
  const bytes = Buffer.from(placed.buffer, placed.byteOffset, placed.byteLength)
  return new Uint8Array(bigEndian ? bytes.swap16() : bytes)
}

const pixelDataOf = (dataset: DicomDataset, header: FilmHeader, syntax: WritableSyntax): DicomElement[] => {
  const { pixelData: pixel } = dataset
  if (pixel === undefined) return []
  const { offset, length, fragments } = pixel
  if (fragments !== undefined) {
    const parts = fragments.map((part) => dataset.bytes.subarray(part.offset, part.offset + part.length))
    return [[0x7fe00010, 'OB', { fragments: parts }]]
  }
  const value = dataset.bytes.subarray(offset, offset + length)
  // Pairs of 8-bit samples that are declared as big-endian words stay turned, and so stay words.
  const bigEndian = syntax === 'explicitBigEndian'
  if (bigEndian && header.bitsAllocated === 8 && pixel.vr === 'OW') return [[0x7fe00010, 'OW', value]]
  return [[0x7fe00010, header.bitsAllocated === 16 ? 'OW' : 'OB', nativePixels(value, header, bigEndian)]]
}

const syntaxNames: readonly WritableSyntax[] = [
  'implicitLittleEndian',
  'deflatedLittleEndian',
  'explicitBigEndian',
  'explicitLittleEndian',
]
const syntaxOf = (uid: string): WritableSyntax =>
  syntaxNames.find((name) => nativeSyntaxes[name] === uid) ?? 'explicitLittleEndian'

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

type Options = { readonly replacementUid: (uid: string) => string }

const uidElements = (dataset: DicomDataset, { replacementUid }: Options): DicomElement[] => {
  const [study, series] = [dataset.text('studyInstanceUid'), dataset.text('seriesInstanceUid')]
  return [
    ...present(0x0020000d, 'UI', study && replacementUid(study)),
    ...present(0x0020000e, 'UI', series && replacementUid(series)),
  ]
}

/**
 * Writes a new file around the pixels with nothing but what is named here: what a manufacturer or a person put
 * anywhere else stays at the clinic (PS3.15 annex E asks to remove what is listed; an allow list also removes what
 * nobody thought of).
 */
const deidentifyDicom = (
  bytes: Uint8Array,
  header: FilmHeader,
  options: Options,
): ImagingOutcome<Uint8Array> => {
  const parsed = parseDicom(bytes)
  if (parsed.kind !== 'ok') return parsed
  const dataset = parsed.value
  const { dicom, identity } = header
  if (dicom === undefined) return failed('FILE_CORRUPT', 'the header does not belong to the file')
  const syntax = syntaxOf(dicom.transferSyntaxUid)
  const sopClass = dataset.text('sopClassUid')
  return ok(
    writeDicom({
      sopClassUid: sopClasses.find((uid) => uid === sopClass) ?? dxForPresentation,
      // A film without a UID is known by its bytes.
      sopInstanceUid: options.replacementUid(identity.sopInstanceUid ?? sha256Of(bytes)),
      syntax,
      declaredSyntaxUid: dicom.transferSyntaxUid,
      elements: [
        ...attributeElements(header.attributes),
        [0x00100010, 'PN', ''],
        [0x00100020, 'LO', ''],
        [0x00100030, 'DA', ''],
        [0x00120062, 'CS', 'YES'],
        [0x00120063, 'LO', 'osteostream allow list'],
        ...uidElements(dataset, options),
        ...present(
          0x00282110,
          'CS',
          lossyFlags.find((flag) => flag === dataset.text('lossyImageCompression')),
        ),
        ...pixelElements(header, dicom),
        ...pixelDataOf(dataset, header, syntax),
      ],
    }),
  )
}

/**
 * Takes out of a file whatever names a person; pixels stay as they are, value for value. The same file always gives
 * the same bytes. `replacementUid` makes the new SOP Instance UID from the old one.
 */
export const deidentifyFilm = (
  file: Uint8Array,
  header: FilmHeader,
  options: Options,
): ImagingOutcome<Uint8Array> => {
  const bytes = plainBytes(file)
  if (header.format === 'png') return stripPng(bytes)
  if (header.format === 'jpeg') return stripJpeg(bytes)
  return deidentifyDicom(bytes, header, options)
}
