import { type FilmAttributes, filmAttributesSchema } from '../../contracts/film-attributes.ts'
import {
  bodyParts,
  deviceLabelPattern,
  deviceMakers,
  filmModalities,
  photometricInterpretations,
  viewPositions,
} from '../../contracts/known-values.ts'
import type { FilmIdentity } from '../film-header.ts'
import type { TagName } from './dicom-tags.ts'
import type { DicomDataset } from './parse-dicom.ts'
import { readAgeBand as bandOf } from './read-age.ts'

const dayOf = (text: string | undefined): string | undefined => {
  const match = /^(\d{4})[-./]?(\d{2})[-./]?(\d{2})$/.exec(text ?? '')
  return match === null ? undefined : `${match[1]}-${match[2]}-${match[3]}`
}

const acquisitionDayOf = (dataset: DicomDataset): string | undefined =>
  dayOf(dataset.text('acquisitionDate')) ??
  dayOf(dataset.text('contentDate')) ??
  dayOf(dataset.text('seriesDate')) ??
  dayOf(dataset.text('studyDate'))

/** The age band; undefined where the header does not say it, or contradicts itself. */
export const readAgeBand = (dataset: DicomDataset) => bandOf(dataset, acquisitionDayOf(dataset))

const oneOf = <Value extends string>(
  value: string | undefined,
  allowed: readonly Value[],
): Value | undefined => allowed.find((entry) => entry === value)

/** A coded string (PS3.5 6.2, CS) that is known. */
const codeOf = <Value extends string>(
  dataset: DicomDataset,
  name: TagName,
  allowed: readonly Value[],
): Value | undefined => oneOf(dataset.text(name)?.toUpperCase().replaceAll('_', ' ').trim(), allowed)

const bare = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** A known maker, however its devices place dots and capitals. */
const makerOf = (dataset: DicomDataset) => {
  const text = dataset.text('manufacturer')
  if (text === undefined) return undefined
  return oneOf(text, deviceMakers) ?? deviceMakers.find((maker) => bare(maker) === bare(text))
}

const namingFields: readonly TagName[] = [
  'patientName',
  'patientId',
  'otherPatientIds',
  'patientBirthDate',
  'accessionNumber',
  'referringPhysicianName',
  'institutionName',
  'stationName',
]

/** Pieces of what names somebody in this header, of three characters and more. */
const namesIn = (dataset: DicomDataset): ReadonlySet<string> =>
  new Set(
    namingFields
      .flatMap((name) => (dataset.text(name) ?? '').split(/[\\^=, ]+/).flatMap((part) => bare(part)))
      .filter((part) => part.length >= 3),
  )

/** A device's label of known words and codes, unless the header names somebody by a piece of it. */
const labelOf = (dataset: DicomDataset, name: TagName, names: ReadonlySet<string>): string | undefined => {
  const text = dataset.text(name)?.split('\\')[0]?.trim().replace(/\s+/g, ' ')
  if (text === undefined || text.length > 64 || !deviceLabelPattern.test(text)) return undefined
  const whole = bare(text)
  return [...names].some((part) => whole.includes(part)) ? undefined : text
}

const positive = (value: number | undefined): number | undefined =>
  value !== undefined && value > 0 ? value : undefined

const spacingOf = (dataset: DicomDataset): [number, number] | undefined => {
  const name =
    positive(dataset.number('imagerPixelSpacing')) === undefined ? 'pixelSpacing' : 'imagerPixelSpacing'
  const [rows, columns] = [positive(dataset.number(name)), positive(dataset.number(name, 1))]
  return rows === undefined || columns === undefined ? undefined : [rows, columns]
}

const photometricOf = (dataset: DicomDataset) =>
  oneOf(dataset.text('photometricInterpretation')?.toUpperCase(), photometricInterpretations)

const deviceOf = (dataset: DicomDataset) => {
  const names = namesIn(dataset)
  return {
    maker: makerOf(dataset),
    model: labelOf(dataset, 'manufacturerModelName', names),
    detector: labelOf(dataset, 'detectorModelName', names),
    softwareVersion: labelOf(dataset, 'softwareVersions', names),
  }
}

/** What is kept of a header: known values, labels of devices and numbers; nothing that names a person. */
export const readFilmAttributes = (dataset: DicomDataset, rows: number, columns: number): FilmAttributes => {
  const acquisitionDay = acquisitionDayOf(dataset)
  const all = {
    ageBand: bandOf(dataset, acquisitionDay),
    sex: oneOf(dataset.text('patientSex')?.toUpperCase(), ['F', 'M', 'O'] as const),
    acquisitionDay,
    modality: codeOf(dataset, 'modality', filmModalities),
    bodyPart: codeOf(dataset, 'bodyPartExamined', bodyParts),
    viewPosition: codeOf(dataset, 'viewPosition', viewPositions),
    laterality: oneOf((dataset.text('imageLaterality') ?? dataset.text('laterality'))?.toUpperCase(), [
      'L',
      'R',
      'B',
      'U',
    ] as const),
    ...deviceOf(dataset),
    kvp: positive(dataset.number('kvp')),
    exposureIndex: dataset.number('exposureIndex'),
    deviationIndex: dataset.number('deviationIndex'),
    rows,
    columns,
    photometricInterpretation: photometricOf(dataset),
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
