import { oneOf, type Random, randomFor } from '../clinics/seeded-random.ts'
import { sampleAcquisition } from '../films/devices.ts'
import type { Acquisition } from '../films/expose-film.ts'
import { normalDraw } from '../films/normal-draw.ts'
import { clinicOffsetSd, type SimulatedPerson, samplePerson, type World } from '../films/person.ts'
import { renderFilm, type SimulatedFilm, type View } from '../films/render-film.ts'

/** What a set of films is drawn from. */
export type FilmSetOptions = {
  readonly world: World
  readonly seed: number
  /** Longer edge of a film in pixels. */
  readonly filmSize: number
}

/** One film of a set: who is on it, who took it, and the film. */
export type SetFilm = {
  readonly index: number
  /** The first person is p00001; everyone has one film. */
  readonly personId: string
  readonly clinic: string
  readonly person: SimulatedPerson
  readonly view: View
  readonly device: Acquisition
  readonly film: SimulatedFilm
}

/** Clinics of the external world; the hospital is one. */
const externalClinics = 8

/** How clinics of the external world differ in the mean T-score of their people. */
const populationSd = 0.15

const clinicOf = (
  { world, seed }: FilmSetOptions,
  random: Random,
): { name: string; appearanceOffset: number; tShift: number } => {
  if (world === 'hospital') return { name: 'hospital', appearanceOffset: 0, tShift: 0 }
  const number = 1 + Math.floor(externalClinics * random())
  const own = randomFor(seed, 'clinic', number)
  return {
    name: `clinic-${number}`,
    appearanceOffset: clinicOffsetSd * normalDraw(own),
    tShift: populationSd * normalDraw(own),
  }
}

/** Draws a film of a set: the same options and index give the same film, whatever else was drawn. */
export const drawSetFilm = (options: FilmSetOptions, index: number): SetFilm => {
  const { world, seed, filmSize } = options
  const random = randomFor(seed, world, 'set', index)
  const clinic = clinicOf(options, random)
  const person = samplePerson({
    world,
    random,
    hospitalMix: true,
    withConditions: true,
    tShift: clinic.tShift,
    clinicOffset: clinic.appearanceOffset,
  })
  const device = sampleAcquisition({ world, random })
  const view = oneOf(random, ['pelvis', 'pelvis', 'left', 'right'] as const)
  const film = renderFilm({ person, view, acquisition: device, size: filmSize, random })
  const personId = `p${String(index + 1).padStart(5, '0')}`
  return { index, personId, clinic: clinic.name, person, view, device, film }
}
