import { ageBandOf, type FilmAttributes, filmAttributesSchema } from '../contracts/film-attributes.ts'
import { failed, ok, rejected } from '../runtime/outcome.ts'
import { nativeSyntaxes, type TagName } from './dicom-tags.ts'
import type { DicomPixels, FilmHeader, FilmIdentity, ImagingOutcome } from './film-header.ts'
import { type DicomDataset, type PixelElement, parseDicom } from './parse-dicom.ts'

/** Modalities of projection radiography. */
const modalities = ['CR', 'DX', 'RF', 'XR', 'RG']

const yearsPerUnit: Readonly<Record<string, number>> = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 }

const dayOf = (text: string | undefined): string | undefined => {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(text ?? '')
  return match === null ? undefined : `${match[1]}-${match[2]}-${match[3]}`
}

const acquisitionDayOf = (dataset: DicomDataset): string | undefined =>
  dayOf(dataset.text('acquisitionDate')) ??
  dayOf(dataset.text('contentDate')) ??
  dayOf(dataset.text('studyDate'))

/** Whole years: Patient's Age where it is given, else from the date of birth to the day of the film. */
const ageOf = (dataset: DicomDataset, day: string | undefined): number | undefined => {
  const given = /^(\d{3})([DWMY])$/.exec(dataset.text('patientAge') ?? '')
  if (given !== null) return Math.floor(Number(given[1]) * (yearsPerUnit[given[2] ?? ''] ?? 1))
  const birth = dayOf(dataset.text('patientBirthDate'))
  if (birth === undefined || day === undefined) return undefined
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4)) - (day.slice(5) < birth.slice(5) ? 1 : 0)
  return years >= 0 && years < 130 ? years : undefined
}

/** Free text of a device, cut to what a label may hold: printable ASCII, 64 characters. */
const labelOf = (dataset: DicomDataset, name: TagName): string | undefined =>
  dataset
    .text(name)
    ?.replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, 64) || undefined

const oneOf = <Value extends string>(
  value: string | undefined,
  allowed: readonly Value[],
): Value | undefined => allowed.find((entry) => entry === value)

const positive = (value: number | undefined): number | undefined =>
  value !== undefined && value > 0 ? value : undefined

const spacingOf = (dataset: DicomDataset): [number, number] | undefined => {
  const name =
    positive(dataset.number('imagerPixelSpacing')) === undefined ? 'pixelSpacing' : 'imagerPixelSpacing'
  const [rows, columns] = [positive(dataset.number(name)), positive(dataset.number(name, 1))]
  return rows === undefined || columns === undefined ? undefined : [rows, columns]
}

const attributesOf = (dataset: DicomDataset, rows: number, columns: number): FilmAttributes => {
  const acquisitionDay = acquisitionDayOf(dataset)
  const age = ageOf(dataset, acquisitionDay)
  const all = {
    ageBand: age === undefined ? undefined : ageBandOf(age),
    sex: oneOf(dataset.text('patientSex'), ['F', 'M', 'O'] as const),
    acquisitionDay,
    modality: labelOf(dataset, 'modality')?.slice(0, 16),
    bodyPart: labelOf(dataset, 'bodyPartExamined'),
    viewPosition: labelOf(dataset, 'viewPosition')?.slice(0, 16),
    laterality: oneOf(dataset.text('imageLaterality') ?? dataset.text('laterality'), [
      'L',
      'R',
      'B',
      'U',
    ] as const),
    maker: labelOf(dataset, 'manufacturer'),
    model: labelOf(dataset, 'manufacturerModelName'),
    detector: labelOf(dataset, 'detectorId'),
    softwareVersion: labelOf(dataset, 'softwareVersions'),
    kvp: positive(dataset.number('kvp')),
    exposureIndex: dataset.number('exposureIndex'),
    deviationIndex: dataset.number('deviationIndex'),
    rows,
    columns,
    photometricInterpretation: labelOf(dataset, 'photometricInterpretation')?.slice(0, 16),
    imagerPixelSpacingMm: spacingOf(dataset),
  }
  const known = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  const parsed = filmAttributesSchema.safeParse(known)
  // A value that cannot be (an impossible date, say) is left out; the film is not lost for it.
  if (parsed.success) return parsed.data
  const wrong = new Set(parsed.error.issues.map((issue) => String(issue.path[0])))
  return filmAttributesSchema.parse(
    Object.fromEntries(Object.entries(known).filter(([name]) => !wrong.has(name))),
  )
}

const identityOf = (dataset: DicomDataset): FilmIdentity => ({
  ...optional('sopInstanceUid', dataset.text('sopInstanceUid')),
  ...optional('patientId', dataset.text('patientId')),
  ...optional('issuerOfPatientId', dataset.text('issuerOfPatientId')),
})

const optional = <Name extends string>(name: Name, value: string | undefined): { [Key in Name]?: string } => {
  const entry: { [Key in Name]?: string } = {}
  if (value !== undefined) entry[name] = value
  return entry
}

const windowOf = (dataset: DicomDataset): DicomPixels['window'] => {
  const [centre, width] = [dataset.number('windowCenter'), positive(dataset.number('windowWidth'))]
  return centre === undefined || width === undefined ? undefined : { centre, width }
}

const pixelsOf = (dataset: DicomDataset, transferSyntaxUid: string, pixel: PixelElement): DicomPixels => ({
  transferSyntaxUid,
  offset: pixel.offset,
  length: pixel.length,
  padding: dataset.number('pixelPaddingValue'),
  rescale: { slope: dataset.number('rescaleSlope') ?? 1, intercept: dataset.number('rescaleIntercept') ?? 0 },
  window: windowOf(dataset),
})

const isSupported = (syntax: string): boolean => Object.values<string>(nativeSyntaxes).includes(syntax)

type Shape = Pick<FilmHeader, 'rows' | 'columns' | 'bitsAllocated' | 'bitsStored' | 'highBit'>

const shapeOf = (dataset: DicomDataset, pixel: PixelElement): ImagingOutcome<Shape> => {
  const rows = dataset.uint16('rows') ?? 0
  const columns = dataset.uint16('columns') ?? 0
  const bitsAllocated = dataset.uint16('bitsAllocated') ?? 0
  const bitsStored = dataset.uint16('bitsStored') ?? bitsAllocated
  const highBit = dataset.uint16('highBit') ?? bitsStored - 1
  if (bitsAllocated !== 8 && bitsAllocated !== 16)
    return failed('ENCODING_UNSUPPORTED', `${bitsAllocated} bits allocated`)
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit >= bitsAllocated || highBit + 1 < bitsStored)
    return failed('FILE_CORRUPT', 'bits stored, high bit and bits allocated do not fit together')
  const needed = rows * columns * (bitsAllocated / 8)
  // A value of odd length is padded by one byte (PS3.5 8.1.1).
  if (needed === 0 || pixel.length < needed || pixel.length > needed + 1)
    return rejected(
      'DIMENSIONS_MISMATCH',
      `${rows} x ${columns} pixels of ${bitsAllocated} bits in ${pixel.length} bytes`,
    )
  return ok({ rows, columns, bitsAllocated, bitsStored, highBit })
}

const refusedContent = (dataset: DicomDataset): ImagingOutcome<never> | undefined => {
  const modality = dataset.text('modality')
  if (modality !== undefined && !modalities.includes(modality))
    return rejected('WRONG_MODALITY', `modality ${modality.slice(0, 16)}`)
  if (dataset.text('burnedInAnnotation') === 'YES') return rejected('BURNED_IN_ANNOTATION', 'by the header')
  const day = acquisitionDayOf(dataset)
  const age = ageOf(dataset, day)
  if (age !== undefined && age < 18) return rejected('UNDER_18', 'by the age in the header')
  return undefined
}

/** Reads the header of a Part 10 film. */
export const readDicomHeader = (bytes: Uint8Array): ImagingOutcome<FilmHeader> => {
  const parsed = parseDicom(bytes)
  if (parsed.kind !== 'ok') return parsed
  const dataset = parsed.value
  const refused = refusedContent(dataset)
  if (refused !== undefined) return refused
  const pixel = dataset.pixelData
  if (pixel === undefined) return rejected('NO_PIXEL_DATA', 'the object has no pixel data')
  if (pixel.offset + pixel.length > dataset.bytes.length)
    return failed('FILE_CORRUPT', 'the file ends within the pixel data')
  const photometric = dataset.text('photometricInterpretation')
  if (photometric !== 'MONOCHROME1' && photometric !== 'MONOCHROME2')
    return rejected('COLOUR_PHOTOGRAPH', `photometric interpretation ${photometric ?? 'missing'}`)
  const syntax = dataset.text('transferSyntaxUid') ?? nativeSyntaxes.implicitLittleEndian
  if (!isSupported(syntax)) return failed('ENCODING_UNSUPPORTED', `transfer syntax ${syntax}`)
  const shape = shapeOf(dataset, pixel)
  if (shape.kind !== 'ok') return shape
  return ok({
    format: 'dicom',
    contentType: 'application/dicom',
    ...shape.value,
    signed: dataset.uint16('pixelRepresentation') === 1,
    photometric,
    attributes: attributesOf(dataset, shape.value.rows, shape.value.columns),
    identity: identityOf(dataset),
    dicom: pixelsOf(dataset, syntax, pixel),
  })
}
