import { ageBands, type FilmAttributes } from '../contracts/film-attributes.ts'
import { failed, ok } from '../runtime/outcome.ts'
import { nativeSyntaxes } from './dicom-tags.ts'
import type { FilmHeader, ImagingOutcome } from './film-header.ts'
import { parseDicom } from './parse-dicom.ts'
import { stripJpeg, stripPng } from './strip-picture.ts'
import { type DicomElement, type WritableSyntax, writeDicom } from './write-dicom.ts'

const dxForPresentation = '1.2.840.10008.5.1.4.1.1.1.1'

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

const attributeElements = (attributes: FilmAttributes): DicomElement[] => [
  ...present(0x00080060, 'CS', attributes.modality),
  ...present(0x00080070, 'LO', attributes.maker),
  ...present(0x00081090, 'LO', attributes.model),
  ...present(0x00100040, 'CS', attributes.sex),
  ...present(0x00101010, 'AS', ageOf(attributes.ageBand)),
  ...present(0x00180015, 'CS', attributes.bodyPart),
  ...present(0x00180060, 'DS', attributes.kvp?.toString().slice(0, 16)),
  ...present(0x00181020, 'LO', attributes.softwareVersion),
  ...present(0x00181164, 'DS', attributes.imagerPixelSpacingMm?.map((mm) => mm.toFixed(6)).join('\\')),
  ...present(0x00181411, 'DS', attributes.exposureIndex?.toString().slice(0, 16)),
  ...present(0x00181413, 'DS', attributes.deviationIndex?.toString().slice(0, 16)),
  ...present(0x00185101, 'CS', attributes.viewPosition),
  ...present(0x00200062, 'CS', attributes.laterality),
]

const pixelElements = (header: FilmHeader, bytes: Uint8Array): DicomElement[] => {
  const { dicom } = header
  return [
    [0x00280002, 'US', 1],
    [0x00280004, 'CS', header.photometric],
    [0x00280010, 'US', header.rows],
    [0x00280011, 'US', header.columns],
    [0x00280100, 'US', header.bitsAllocated],
    [0x00280101, 'US', header.bitsStored],
    [0x00280102, 'US', header.highBit],
    [0x00280103, 'US', header.signed ? 1 : 0],
    ...present(0x00280120, header.signed ? 'SS' : 'US', dicom?.padding),
    ...present(0x00281052, 'DS', dicom?.rescale.intercept.toString().slice(0, 16)),
    ...present(0x00281053, 'DS', dicom?.rescale.slope.toString().slice(0, 16)),
    [0x7fe00010, header.bitsAllocated === 8 ? 'OB' : 'OW', bytes],
  ]
}

const syntaxOf = (uid: string): WritableSyntax =>
  uid === nativeSyntaxes.explicitBigEndian ? 'explicitBigEndian' : 'explicitLittleEndian'

/**
 * Writes a new file around the pixels with nothing but what is named here: what a manufacturer or a person put
 * anywhere else stays at the clinic (PS3.15 annex E asks to remove what is listed; an allow list also removes what
 * nobody thought of).
 */
const deidentifyDicom = (bytes: Uint8Array, header: FilmHeader, uid: string): ImagingOutcome<Uint8Array> => {
  const parsed = parseDicom(bytes)
  if (parsed.kind !== 'ok') return parsed
  const { dicom } = header
  if (dicom === undefined) return failed('FILE_CORRUPT', 'the header does not belong to the file')
  const pixels = parsed.value.bytes.subarray(dicom.offset, dicom.offset + dicom.length)
  return ok(
    writeDicom({
      sopClassUid: dxForPresentation,
      sopInstanceUid: uid,
      syntax: syntaxOf(dicom.transferSyntaxUid),
      elements: [
        ...attributeElements(header.attributes),
        [0x00120062, 'CS', 'YES'],
        [0x00120063, 'LO', 'osteostream allow list'],
        ...pixelElements(header, pixels),
      ],
    }),
  )
}

/**
 * Takes out of a file whatever names a person; pixels stay as they are, value for value. The same file always gives
 * the same bytes. `replacementUid` makes the new SOP Instance UID from the old one.
 */
export const deidentifyFilm = (
  bytes: Uint8Array,
  header: FilmHeader,
  options: { replacementUid: (uid: string) => string },
): ImagingOutcome<Uint8Array> => {
  if (header.format === 'png') return stripPng(bytes)
  if (header.format === 'jpeg') return stripJpeg(bytes)
  return deidentifyDicom(bytes, header, options.replacementUid(header.identity.sopInstanceUid ?? ''))
}
