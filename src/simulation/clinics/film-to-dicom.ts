import { type DicomElement, writeDicom } from '../../imaging/write-dicom.ts'
import type { Acquisition } from '../films/expose-film.ts'
import type { SimulatedPerson } from '../films/person.ts'
import type { SimulatedFilm, View } from '../films/render-film.ts'

/** What makes a film wrong on purpose. */
export type DicomPatch = {
  readonly declaredSyntaxUid?: string
  readonly modality?: string
  readonly bodyPart?: string
  /** Years. */
  readonly age?: number
  readonly withoutPixels?: boolean
}

export type DicomFilm = {
  readonly film: SimulatedFilm
  readonly person: SimulatedPerson
  readonly acquisition: Acquisition
  readonly patientId: string
  readonly institution: string
  readonly sopInstanceUid: string
  readonly acquiredAt: Date
  readonly timeZone: string
  readonly view: View
  readonly patch: DicomPatch
}

const dxForPresentation = '1.2.840.10008.5.1.4.1.1.1.1'
const sides: Readonly<Record<View, string>> = { left: 'L', right: 'R', pelvis: 'B' }

/** Date and time of an instant on the clinic's own clock, as DICOM writes them. */
const clockOf = (instant: Date, timeZone: string): { date: string; time: string } => {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(
    instant,
  )
  const [date = '', time = ''] = text.split(' ')
  return { date: date.replaceAll('-', ''), time: time.replaceAll(':', '') }
}

const patientElements = ({ person, patientId, patch, acquiredAt }: DicomFilm): DicomElement[] => {
  const age = patch.age ?? person.age
  const birthYear = acquiredAt.getUTCFullYear() - age - 1
  return [
    [0x00100010, 'PN', `Simulated^Person ${patientId}`],
    [0x00100020, 'LO', patientId],
    [0x00100021, 'LO', 'SIMULATION'],
    [0x00100030, 'DA', `${birthYear}0701`],
    [0x00100040, 'CS', person.sex],
    [0x00101010, 'AS', `${String(age).padStart(3, '0')}Y`],
  ]
}

const imageElements = ({ film, acquisition, view, patch }: DicomFilm): DicomElement[] => [
  [0x00080060, 'CS', patch.modality ?? 'DX'],
  [0x00080068, 'CS', 'FOR PRESENTATION'],
  [0x00080070, 'LO', acquisition.maker],
  [0x00081090, 'LO', acquisition.model],
  [0x00180015, 'CS', patch.bodyPart ?? 'HIP'],
  [0x00180060, 'DS', String(acquisition.kvp)],
  [0x00181020, 'LO', acquisition.softwareVersion],
  [0x00181164, 'DS', `${film.spacingMm.toFixed(4)}\\${film.spacingMm.toFixed(4)}`],
  [0x00181411, 'DS', String(Math.round(acquisition.quanta / 10))],
  [0x00181413, 'DS', (10 * Math.log10(acquisition.quanta / 3000)).toFixed(1)],
  [0x00185101, 'CS', 'AP'],
  [0x0018700a, 'SH', acquisition.detector],
  [0x00200062, 'CS', sides[view]],
]

const pixelElements = ({ film }: DicomFilm): DicomElement[] => [
  [0x00280002, 'US', 1],
  [0x00280004, 'CS', film.photometric],
  [0x00280010, 'US', film.rows],
  [0x00280011, 'US', film.columns],
  [0x00280100, 'US', 16],
  [0x00280101, 'US', film.bitsStored],
  [0x00280102, 'US', film.bitsStored - 1],
  [0x00280103, 'US', 0],
  [0x00280301, 'CS', 'NO'],
  [0x7fe00010, 'OW', new Uint8Array(film.pixels.buffer, film.pixels.byteOffset, film.pixels.byteLength)],
]

/** Writes a simulated film with the header that an X-ray system gives it, a synthetic person included. */
export const dicomOf = (of: DicomFilm): Uint8Array => {
  const { date, time } = clockOf(of.acquiredAt, of.timeZone)
  const { declaredSyntaxUid } = of.patch
  return writeDicom({
    sopClassUid: dxForPresentation,
    sopInstanceUid: of.sopInstanceUid,
    ...(declaredSyntaxUid === undefined ? {} : { declaredSyntaxUid }),
    elements: [
      [0x00080020, 'DA', date],
      [0x00080022, 'DA', date],
      [0x00080030, 'TM', time],
      [0x00080032, 'TM', time],
      [0x00080080, 'LO', of.institution],
      ...patientElements(of),
      ...imageElements(of),
      ...(of.patch.withoutPixels === true ? [] : pixelElements(of)),
    ],
  })
}
