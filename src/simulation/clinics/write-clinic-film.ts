import { encodeJpeg, encodePng } from '../../imaging/codecs/sharp-codec.ts'
import {
  type DicomFilmSpec,
  type DicomPatient,
  writeDicomFilm,
} from '../../imaging/dicom/write-dicom-film.ts'
import { describeExposure } from '../films/describe-exposure.ts'
import { sampleAcquisition } from '../films/devices.ts'
import type { Acquisition } from '../films/expose-film.ts'
import { type SimulatedPerson, samplePerson } from '../films/person.ts'
import { pictureOf } from '../films/picture-of.ts'
import { renderFilm, type SimulatedFilm } from '../films/render-film.ts'
import { renderRefusedFilm } from '../films/render-refused.ts'
import { patientOf, studyOf, uidFor } from './clinic-patient.ts'
import type { SimulatedClinic } from './describe-clinics.ts'
import type { PlannedDelivery } from './plan-deliveries.ts'
import { below, randomFor } from './seeded-random.ts'

/** What a planned delivery is drawn from. */
export type DrawContext = {
  readonly seed: number
  readonly clinic: SimulatedClinic
  readonly planned: PlannedDelivery
  /** Longer edge of a film in pixels. */
  readonly filmSize: number
  /** The year in which the people have the age that they were drawn with. */
  readonly referenceYear: number
}

const world = 'external'

const personOf = ({ seed, clinic, planned }: DrawContext): SimulatedPerson =>
  samplePerson({
    world,
    random: randomFor(seed, 'person', clinic.siteId, planned.person),
    tShift: clinic.region.tShift,
    ageShift: clinic.region.ageShift,
    clinicOffset: clinic.appearanceOffset,
  })

/** One exposure: the same device and settings each time a film is drawn again. */
const acquisitionOf = ({ seed, clinic, planned }: DrawContext): Acquisition =>
  sampleAcquisition({ world, random: randomFor(seed, 'exposure', planned.film), maker: clinic.maker })

/** Draws the hip or pelvis of a plan; another take of it has other pixels. */
const drawFilm = (context: DrawContext, person: SimulatedPerson, take: number): SimulatedFilm =>
  renderFilm({
    person,
    view: context.planned.view,
    acquisition: acquisitionOf(context),
    size: context.filmSize,
    random: randomFor(context.seed, 'film', context.planned.film, take),
  })

const specOf = (
  context: DrawContext,
  film: SimulatedFilm,
  patient: DicomPatient,
  bodyPart?: string,
): DicomFilmSpec => {
  const { rows, columns, pixels, bitsStored, photometric } = film
  const { view, film: number } = context.planned
  const random = randomFor(context.seed, 'header', number)
  const header = describeExposure({ device: acquisitionOf(context), film, view, random })
  return {
    sopInstanceUid: uidFor(context.seed, 'film', context.planned.film),
    rows,
    columns,
    pixels,
    bitsStored,
    photometric,
    acquisition: bodyPart === undefined ? header : { ...header, bodyPart },
    study: studyOf(context.seed, context.clinic, context.planned),
    patient,
  }
}

const patientFor = (context: DrawContext, person: { age: number; sex: 'F' | 'M' }, id: string) =>
  patientOf({
    seed: context.seed,
    siteId: context.clinic.siteId,
    person: id,
    sex: person.sex,
    birthYear: context.referenceYear - person.age,
  })

/** A hip or pelvis with its header; take 0 is the film, take 1 other pixels under the same UID. */
export const clinicFilmSpec = (context: DrawContext, take: 0 | 1): DicomFilmSpec => {
  const person = personOf(context)
  const patient = patientFor(context, person, String(context.planned.person))
  return specOf(context, drawFilm(context, person, take), patient)
}

/** The film as a DICOM file. */
export const writeClinicFilm = (context: DrawContext, take: 0 | 1): Uint8Array =>
  writeDicomFilm(clinicFilmSpec(context, take))

/** The film as a person saves it from a viewer: 8 bits, bone bright, without a header. */
export const writeClinicPicture = async (
  context: DrawContext,
): Promise<{ bytes: Uint8Array; contentType: 'image/png' | 'image/jpeg' }> => {
  const picture = pictureOf(drawFilm(context, personOf(context), 0), 8)
  return context.planned.film % 2 === 0
    ? { bytes: await encodePng(picture, 8), contentType: 'image/png' }
    : { bytes: await encodeJpeg(picture), contentType: 'image/jpeg' }
}

/** A film that is readable but no adult hip, as a DICOM file. */
export const writeRefusedFilm = (context: DrawContext, kind: 'knee' | 'chest' | 'child'): Uint8Array => {
  const { seed, planned } = context
  const random = randomFor(seed, 'refused', planned.film)
  const film = renderRefusedFilm({
    kind,
    acquisition: acquisitionOf(context),
    size: context.filmSize,
    random,
  })
  const age = kind === 'child' ? 4 + below(random, 11) : 50 + below(random, 35)
  const sex = random() < 0.5 ? 'F' : 'M'
  const bodyPart = kind === 'child' ? 'PELVIS' : kind.toUpperCase()
  const patient = patientFor(context, { age, sex }, `x${planned.film}`)
  return writeDicomFilm(specOf(context, film, patient, bodyPart))
}
