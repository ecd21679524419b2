import {
  type AgeBand,
  ageBandOf,
  type FilmAttributes,
  filmAttributesSchema,
} from '../../contracts/film-attributes.ts'
import type { FilmIdentity } from '../film-header.ts'
import type { TagName } from './dicom-tags.ts'
import type { DicomDataset } from './parse-dicom.ts'

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
const yearsOf = (dataset: DicomDataset, day: string | undefined): number | undefined => {
  const given = /^(\d{3})([DWMY])$/.exec(dataset.text('patientAge') ?? '')
  if (given !== null) return Math.floor(Number(given[1]) * (yearsPerUnit[given[2] ?? ''] ?? 1))
  const birth = dayOf(dataset.text('patientBirthDate'))
  if (birth === undefined || day === undefined) return undefined
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4)) - (day.slice(5) < birth.slice(5) ? 1 : 0)
  return years >= 0 && years < 130 ? years : undefined
}

/** The age band; undefined where the header says neither the age nor the date of birth. */
export const readAgeBand = (dataset: DicomDataset): AgeBand | undefined => {
  const years = yearsOf(dataset, acquisitionDayOf(dataset))
  return years === undefined ? undefined : ageBandOf(years)
}

/** Free text of a device, cut to what a label may hold: printable ASCII, 64 characters. */
const labelOf = (dataset: DicomDataset, name: TagName): string | undefined =>
  dataset
    .text(name)
    ?.replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, 64) || undefined

/** A coded string (PS3.5 6.2, CS); anything else in its place may be free text and is left out. */
const codeOf = (dataset: DicomDataset, name: TagName): string | undefined => {
  const value = dataset.text(name)?.toUpperCase()
  return value !== undefined && /^[A-Z0-9_ ]{1,16}$/.test(value) ? value : undefined
}

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

/** What is kept of a header: coded values, device labels and numbers; nothing that names a person. */
export const readFilmAttributes = (dataset: DicomDataset, rows: number, columns: number): FilmAttributes => {
  const acquisitionDay = acquisitionDayOf(dataset)
  const all = {
    ageBand: readAgeBand(dataset),
    sex: oneOf(dataset.text('patientSex'), ['F', 'M', 'O'] as const),
    acquisitionDay,
    modality: codeOf(dataset, 'modality'),
    bodyPart: codeOf(dataset, 'bodyPartExamined'),
    viewPosition: codeOf(dataset, 'viewPosition'),
    laterality: oneOf(dataset.text('imageLaterality') ?? dataset.text('laterality'), [
      'L',
      'R',
      'B',
      'U',
    ] as const),
    maker: labelOf(dataset, 'manufacturer'),
    model: labelOf(dataset, 'manufacturerModelName'),
    detector: labelOf(dataset, 'detectorModelName') ?? codeOf(dataset, 'detectorType'),
    softwareVersion: labelOf(dataset, 'softwareVersions'),
    kvp: positive(dataset.number('kvp')),
    exposureIndex: dataset.number('exposureIndex'),
    deviationIndex: dataset.number('deviationIndex'),
    rows,
    columns,
    photometricInterpretation: codeOf(dataset, 'photometricInterpretation'),
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

const optional = <Name extends string>(name: Name, value: string | undefined): { [Key in Name]?: string } => {
  const entry: { [Key in Name]?: string } = {}
  if (value !== undefined) entry[name] = value
  return entry
}

/** What of a header names the film or the person; it stays at the clinic. */
export const readFilmIdentity = (dataset: DicomDataset): FilmIdentity => ({
  ...optional('sopInstanceUid', dataset.text('sopInstanceUid')),
  ...optional('patientId', dataset.text('patientId')),
  ...optional('issuerOfPatientId', dataset.text('issuerOfPatientId')),
})
