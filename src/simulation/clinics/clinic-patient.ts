import type { DicomPatient, DicomStudy } from '../../imaging/dicom/write-dicom-film.ts'
import type { SimulatedClinic } from './describe-clinics.ts'
import type { PlannedDelivery } from './plan-deliveries.ts'
import { below, oneOf, randomFor } from './seeded-random.ts'

const familyNames = ['ALMEIDA', 'BERG', 'COSTA', 'DIMAS', 'EKLUND', 'FISCHER', 'GARCIA', 'HOLM'] as const
const givenNames = { F: ['ANA', 'BIRGIT', 'CARLA', 'ELENA'], M: ['BRUNO', 'DAVID', 'ERIK', 'HUGO'] } as const

const two = (value: number): string => String(value).padStart(2, '0')

/** A person as a clinic writes them into a header: made up, so that de-identification has something to take out. */
export const patientOf = (options: {
  seed: number
  siteId: string
  /** Names the person within the clinic. */
  person: string
  sex: 'F' | 'M'
  birthYear: number
}): DicomPatient => {
  const { seed, siteId, person, sex, birthYear } = options
  const random = randomFor(seed, 'patient', siteId, person)
  return {
    name: `${oneOf(random, familyNames)}^${oneOf(random, givenNames[sex])}`,
    id: `${siteId.toUpperCase()}-${String(below(random, 1e7)).padStart(7, '0')}-${person}`,
    issuerOfId: siteId.toUpperCase(),
    birthDate: `${birthYear}${two(1 + below(random, 12))}${two(1 + below(random, 28))}`,
    sex,
  }
}

/** A UID of digits under 2.25 that follows from a seed and names (PS3.5 B.2). */
export const uidFor = (seed: number, ...names: readonly (string | number)[]): string => {
  const random = randomFor(seed, 'uid', ...names)
  const words = [random, random, random, random].map((draw) => BigInt(below(draw, 2 ** 32)))
  return `2.25.${words.reduce((sum, word) => sum * 0x1_0000_0000n + word, 0n)}`
}

/** Day and time of an instant on the clinic's own clock, as DICOM writes them. */
export const localTimeOf = (instant: string, timeZone: string): { date: string; time: string } => {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const [date = '', time = ''] = clock.format(new Date(instant)).split(' ')
  return { date: date.replaceAll('-', ''), time: time.replaceAll(':', '') }
}

/** The study that a planned film belongs to. */
export const studyOf = (seed: number, clinic: SimulatedClinic, planned: PlannedDelivery): DicomStudy => ({
  ...localTimeOf(planned.acquiredAt, clinic.region.timeZone),
  studyInstanceUid: uidFor(seed, 'study', planned.film),
  seriesInstanceUid: uidFor(seed, 'series', planned.film),
  description: 'HIP AP',
  accessionNumber: `A${String(planned.film).padStart(8, '0')}`,
  institution: clinic.name,
  station: `${clinic.siteId.toUpperCase()}-1`.slice(-16),
})
