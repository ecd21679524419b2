import { oneOf, type Random, randomFor } from '../clinics/seeded-random.ts'
import { sampleAcquisition } from '../films/devices.ts'
import type { Acquisition } from '../films/expose-film.ts'
import { type FilmFault, filmFaults } from '../films/film-faults.ts'
import { normalDraw } from '../films/normal-draw.ts'
import { clinicOffsetSd, type SimulatedPerson, samplePerson, type World } from '../films/person.ts'
import { renderFilm, type SimulatedFilm, type View } from '../films/render-film.ts'

/** What a set of films is drawn from. */
export type FilmSetOptions = {
  readonly world: World
  readonly seed: number
  /** Longer edge of a film in pixels. */
  readonly filmSize: number
  /** Of how many films, 0 to 1, something goes wrong when they are taken; none where it is not said. */
  readonly faultShare?: number
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
  readonly fault: FilmFault | undefined
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

/** Drawn apart: a film without a fault is the same whatever the share. */
const faultOf = ({ world, seed, faultShare = 0 }: FilmSetOptions, index: number): FilmFault | undefined => {
  const random = randomFor(seed, world, 'fault', index)
  return random() < faultShare ? oneOf(random, filmFaults) : undefined
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
  const fault = faultOf(options, index)
  const withFault = fault === undefined ? {} : { fault }
  const film = renderFilm({ person, view, acquisition: device, size: filmSize, random, ...withFault })
  const personId = `p${String(index + 1).padStart(5, '0')}`
  return { index, personId, clinic: clinic.name, person, view, device, fault, film }
}
