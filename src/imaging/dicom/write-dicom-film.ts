import {
  type DicomElement,
  type DicomItem,
  type Fragments,
  type WritableSyntax,
  writeDicom,
} from './write-dicom.ts'

/** Who is on a film and what names it; all of it is made up by the caller or absent. */
export type DicomPatient = {
  readonly name?: string
  readonly id?: string
  readonly issuerOfId?: string
  /** YYYYMMDD. */
  readonly birthDate?: string
  readonly sex?: 'F' | 'M' | 'O'
  /** As DICOM writes ages: 067Y, 011M. */
  readonly age?: string
}

/** The study that a film belongs to. */
export type DicomStudy = {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** YYYYMMDD and HHMMSS, in the clinic's own time. */
  readonly date: string
  readonly time?: string
  readonly description?: string
  readonly accessionNumber?: string
  readonly institution?: string
  readonly station?: string
}

/** The device and how it exposed. */
export type DicomAcquisition = {
  readonly modality: 'CR' | 'DX'
  readonly intent: 'FOR PRESENTATION' | 'FOR PROCESSING'
  readonly maker?: string
  readonly model?: string
  readonly detector?: string
  readonly softwareVersion?: string
  readonly bodyPart?: string
  readonly viewPosition?: string
  readonly laterality?: 'L' | 'R' | 'B' | 'U'
  readonly kvp?: number
  readonly exposureIndex?: number
  readonly deviationIndex?: number
  /** Millimetres between pixel centres at the detector, rows then columns. */
  readonly imagerPixelSpacingMm?: readonly [number, number]
}

/** Everything that a film file is made of. */
export type DicomFilmSpec = {
  readonly sopInstanceUid: string
  readonly rows: number
  readonly columns: number
  /** Stored values, rows × columns; signed when `Int16Array`. Ignored where `fragments` are given. */
  readonly pixels: Uint16Array | Int16Array
  /** 8 to 16; 8 is allocated as 8, more as 16. */
  readonly bitsStored: number
  readonly photometric: 'MONOCHROME1' | 'MONOCHROME2'
  readonly acquisition: DicomAcquisition
  readonly study: DicomStudy
  readonly patient?: DicomPatient
  readonly syntax?: WritableSyntax
  /** Pixels that are coded already, with the transfer syntax they are coded in. */
  readonly coded?: Fragments & { readonly transferSyntaxUid: string }
  readonly burnedIn?: boolean
  readonly window?: { readonly centre: number; readonly width: number }
  readonly rescale?: { readonly slope: number; readonly intercept: number }
  readonly padding?: number
  /** Elements beyond those above, or instead of them. */
  readonly more?: readonly DicomElement[]
}

const sopClassOf = ({ modality, intent }: DicomAcquisition): string => {
  if (modality === 'CR') return '1.2.840.10008.5.1.4.1.1.1'
  const forPresentation = '1.2.840.10008.5.1.4.1.1.1.1'
  return intent === 'FOR PRESENTATION' ? forPresentation : `${forPresentation}.1`
}

type Value = string | number | readonly number[] | Uint8Array | Fragments | readonly DicomItem[]

const present = (tag: number, vr: string, value: Value | undefined): DicomElement[] =>
  value === undefined ? [] : [[tag, vr, value]]

const decimal = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(Number(value.toPrecision(10)))

const patientElements = (patient: DicomPatient): DicomElement[] => [
  [0x00100010, 'PN', patient.name ?? ''],
  [0x00100020, 'LO', patient.id ?? ''],
  ...present(0x00100021, 'LO', patient.issuerOfId),
  [0x00100030, 'DA', patient.birthDate ?? ''],
  [0x00100040, 'CS', patient.sex ?? ''],
  ...present(0x00101010, 'AS', patient.age),
]

const studyElements = (study: DicomStudy): DicomElement[] => [
  [0x00080020, 'DA', study.date],
  [0x00080022, 'DA', study.date],
  [0x00080023, 'DA', study.date],
  [0x00080030, 'TM', study.time ?? ''],
  [0x00080050, 'SH', study.accessionNumber ?? ''],
  ...present(0x00080080, 'LO', study.institution),
  [0x00080090, 'PN', ''],
  ...present(0x00081010, 'SH', study.station),
  ...present(0x00081030, 'LO', study.description),
  [0x0020000d, 'UI', study.studyInstanceUid],
  [0x0020000e, 'UI', study.seriesInstanceUid],
  [0x00200010, 'SH', ''],
  [0x00200011, 'IS', '1'],
  [0x00200013, 'IS', '1'],
]

const acquisitionElements = (acquisition: DicomAcquisition): DicomElement[] => [
  [0x00080008, 'CS', 'ORIGINAL\\PRIMARY'],
  [0x00080060, 'CS', acquisition.modality],
  ...(acquisition.modality === 'DX' ? present(0x00080068, 'CS', acquisition.intent) : []),
  [0x00080070, 'LO', acquisition.maker ?? ''],
  ...present(0x00081090, 'LO', acquisition.model),
  ...present(0x00180015, 'CS', acquisition.bodyPart),
  ...present(0x00180060, 'DS', decimal(acquisition.kvp)),
  ...present(0x00181020, 'LO', acquisition.softwareVersion),
  ...present(0x00181164, 'DS', acquisition.imagerPixelSpacingMm?.map(decimal).join('\\')),
  ...present(0x00181411, 'DS', decimal(acquisition.exposureIndex)),
  ...present(0x00181413, 'DS', decimal(acquisition.deviationIndex)),
  ...present(0x00185101, 'CS', acquisition.viewPosition),
  ...present(0x0018702b, 'LO', acquisition.detector),
  ...present(0x00200062, 'CS', acquisition.laterality),
]

const samplesOf = (spec: DicomFilmSpec): Uint8Array => {
  const { pixels } = spec
  if (spec.bitsStored === 8) return Uint8Array.from(pixels)
  const bytes = Buffer.from(pixels.slice().buffer)
  return new Uint8Array(spec.syntax === 'explicitBigEndian' ? bytes.swap16() : bytes)
}

const pixelElements = (spec: DicomFilmSpec): DicomElement[] => {
  const isSigned = spec.pixels instanceof Int16Array
  const allocated = spec.bitsStored === 8 ? 8 : 16
  const { coded, window, rescale } = spec
  return [
    [0x00280002, 'US', 1],
    [0x00280004, 'CS', spec.photometric],
    [0x00280010, 'US', spec.rows],
    [0x00280011, 'US', spec.columns],
    [0x00280100, 'US', allocated],
    [0x00280101, 'US', spec.bitsStored],
    [0x00280102, 'US', spec.bitsStored - 1],
    [0x00280103, 'US', isSigned ? 1 : 0],
    ...present(0x00280120, isSigned ? 'SS' : 'US', spec.padding),
    [0x00280301, 'CS', spec.burnedIn === true ? 'YES' : 'NO'],
    ...present(0x00281050, 'DS', decimal(window?.centre)),
    ...present(0x00281051, 'DS', decimal(window?.width)),
    ...present(0x00281052, 'DS', decimal(rescale?.intercept)),
    ...present(0x00281053, 'DS', decimal(rescale?.slope)),
    ...present(0x00281054, 'LO', rescale && 'US'),
    [0x20500020, 'CS', spec.photometric === 'MONOCHROME1' ? 'INVERSE' : 'IDENTITY'],
    coded === undefined
      ? [0x7fe00010, allocated === 8 ? 'OB' : 'OW', samplesOf(spec)]
      : [0x7fe00010, 'OB', { fragments: coded.fragments }],
  ]
}

/** Writes a CR or DX film with its header as a modality would send it; an element of `more` replaces one of ours. */
export const writeDicomFilm = (spec: DicomFilmSpec): Uint8Array => {
  const elements: DicomElement[] = [
    ...acquisitionElements(spec.acquisition),
    ...studyElements(spec.study),
    ...patientElements(spec.patient ?? {}),
    ...pixelElements(spec),
    ...(spec.more ?? []),
  ]
  return writeDicom({
    sopClassUid: sopClassOf(spec.acquisition),
    sopInstanceUid: spec.sopInstanceUid,
    syntax: spec.syntax ?? 'explicitLittleEndian',
    ...(spec.coded === undefined ? {} : { declaredSyntaxUid: spec.coded.transferSyntaxUid }),
    elements: [...new Map(elements.map((element) => [element[0], element])).values()],
  })
}
