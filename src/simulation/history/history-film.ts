import { oneOf, randomFor } from '../clinics/seeded-random.ts'
import type { SetFilm } from '../film-set/draw-set-film.ts'
import { sampleAcquisition } from '../films/devices.ts'
import type { Acquisition } from '../films/expose-film.ts'
import { normalDraw } from '../films/normal-draw.ts'
import { clinicOffsetSd, samplePerson } from '../films/person.ts'
import { renderFilm, type SimulatedFilm } from '../films/render-film.ts'
import { softenFilm } from './soften-film.ts'

/**
 * How the films of a history are taken: on the device that most clinics have, on that of a second maker, or on the first
 * after an update of its software.
 */
export const imagingConditions = ['usual', 'second-maker', 'updated'] as const
export type ImagingCondition = (typeof imagingConditions)[number]

/** Makers by their place in the list of devices. */
const makerOf: Readonly<Record<ImagingCondition, number>> = { usual: 0, 'second-maker': 3, updated: 0 }

/**
 * What the update does: noise reduction that softens edges and trabeculae, a little less contrast, and a version that nobody
 * has seen before. Classifiers read the hips as denser than they are.
 */
const update = { softwareVersion: '5.0', contrast: 0.95, softenedPixels: 6, softenedShare: 0.5 } as const

/** Of ten films in a row: any beginning of the list has enough of each condition. */
const tenConditions: readonly ImagingCondition[] = [
  'usual',
  'second-maker',
  'usual',
  'updated',
  'usual',
  'second-maker',
  'usual',
  'updated',
  'second-maker',
  'usual',
]

/** The condition of a film of the list. */
export const conditionOf = (index: number): ImagingCondition => tenConditions[index % 10] ?? 'usual'

const takenUnder = (condition: ImagingCondition, taken: Acquisition): Acquisition =>
  condition === 'updated'
    ? { ...taken, softwareVersion: update.softwareVersion, contrast: update.contrast }
    : taken

const processedUnder = (condition: ImagingCondition, film: SimulatedFilm): SimulatedFilm =>
  condition === 'updated' ? softenFilm(film, update.softenedPixels, update.softenedShare) : film

/** People of a history have more T-scores and ages than those of the study, so that nobody is without a film like theirs. */
const mixes = [{ hospitalMix: true }, {}, { ageShift: 8 }, { hospitalMix: true, ageShift: 4 }] as const

/**
 * Draws a film whose reading stands for people of a history; the seed must be one that no card and no training uses. The
 * same person, view and exposure come out under every condition that is asked for.
 */
export const drawHistoryFilm = (options: {
  readonly seed: number
  readonly index: number
  readonly filmSize: number
  readonly condition?: ImagingCondition
}): SetFilm => {
  const { seed, index, filmSize, condition = conditionOf(index) } = options
  const random = randomFor(seed, 'history-film', index)
  const person = samplePerson({
    world: 'external',
    random,
    withConditions: true,
    clinicOffset: clinicOffsetSd * normalDraw(random),
    // Conditions come in tens, mixes in fours: every condition has every mix.
    ...mixes[Math.floor(index / 10) % mixes.length],
  })
  const taken = sampleAcquisition({ world: 'external', random, maker: makerOf[condition] })
  const device = takenUnder(condition, taken)
  const view = oneOf(random, ['pelvis', 'pelvis', 'left', 'right'] as const)
  const film = processedUnder(
    condition,
    renderFilm({ person, view, acquisition: device, size: filmSize, random }),
  )
  const personId = `h${String(index + 1).padStart(5, '0')}`
  return { index, personId, clinic: 'history', person, view, device, fault: undefined, film }
}
