import { encodePng } from '../../imaging/codecs/sharp-codec.ts'
import { writeDicomFilm } from '../../imaging/dicom/write-dicom-film.ts'
import { patientOf, uidFor } from '../clinics/clinic-patient.ts'
import { randomFor } from '../clinics/seeded-random.ts'
import { describeExposure } from '../films/describe-exposure.ts'
import { pictureOf } from '../films/picture-of.ts'
import type { SetFilm } from './draw-set-film.ts'

export const setFileFormats = ['dicom', 'png'] as const
export type SetFileFormat = (typeof setFileFormats)[number]

/** The year in which the people of a set have the age that they were drawn with. */
const referenceYear = 2026

const writeDicomOf = (drawn: SetFilm, seed: number): Uint8Array => {
  const { film, device, view, person, personId, clinic, index } = drawn
  const { rows, columns, pixels, bitsStored, photometric } = film
  const random = randomFor(seed, 'header', index)
  // Born on the first of January, so that the age on the day of the film is that of the labels.
  const made = patientOf({
    seed,
    siteId: clinic,
    person: personId,
    sex: person.sex,
    birthYear: referenceYear - person.age,
  })
  return writeDicomFilm({
    sopInstanceUid: uidFor(seed, 'set', index),
    rows,
    columns,
    pixels,
    bitsStored,
    photometric,
    acquisition: describeExposure({ device, film, view, random }),
    study: {
      studyInstanceUid: uidFor(seed, 'set-study', index),
      seriesInstanceUid: uidFor(seed, 'set-series', index),
      date: `${referenceYear}0615`,
      time: '120000',
      description: 'HIP AP',
      institution: clinic,
    },
    patient: {
      ...made,
      birthDate: `${referenceYear - person.age}0101`,
      age: `${String(person.age).padStart(3, '0')}Y`,
    },
  })
}

/** Name of a film's file within a set. */
export const setFileName = (drawn: SetFilm, format: SetFileFormat): string =>
  `film-${String(drawn.index + 1).padStart(5, '0')}.${format === 'dicom' ? 'dcm' : 'png'}`

/** The film as a file: DICOM with a complete header, or PNG of 16 bits without one. */
export const setFileBytes = async (
  drawn: SetFilm,
  format: SetFileFormat,
  seed: number,
): Promise<Uint8Array> =>
  format === 'dicom' ? writeDicomOf(drawn, seed) : await encodePng(pictureOf(drawn.film, 16), 16)
