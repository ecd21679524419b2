/**
 * Draws simulated hips, sound and not, and writes what the network for conditions learns from: crops, cut by the code
 * that cuts them in production, and what is wrong with each. `node training/export-conditions.ts OUT_DIR WORLD SEED FILMS`
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { cropRegion } from '../src/imaging/crop-region.ts'
import type { HipSign } from '../src/inference/model-manifest.ts'
import { oneOf, type Random, randomFor } from '../src/simulation/clinics/seeded-random.ts'
import type { HipCondition } from '../src/simulation/films/conditions.ts'
import { sampleAcquisition } from '../src/simulation/films/devices.ts'
import { type FilmFault, filmFaults } from '../src/simulation/films/film-faults.ts'
import { samplePerson } from '../src/simulation/films/person.ts'
import { greyOf } from '../src/simulation/films/picture-of.ts'
import { renderFilm } from '../src/simulation/films/render-film.ts'
import { jitteredBox } from './jittered-box.ts'

const [out = 'training/data/conditions', worldName = 'hospital', seedText = '1', filmText = '100'] =
  process.argv.slice(2)
const world = worldName === 'external' ? 'external' : 'hospital'
const seed = Number(seedText)
const cropSize = 128

/** Six of ten hips are sound, or have what is read all the same. */
const conditions: readonly HipCondition[] = [
  ...Array.from({ length: 9 }, () => 'none' as const),
  ...Array.from({ length: 3 }, () => 'osteoarthritis' as const),
  ...(['old-fracture', 'fresh-fracture'] as const).flatMap((each) => [each, each]),
  ...(['prosthesis', 'cemented-prosthesis', 'cemented-prosthesis', 'screws'] as const),
]

const signsOfCondition: Readonly<Partial<Record<HipCondition, readonly HipSign[]>>> = {
  'old-fracture': ['fracture'],
  'fresh-fracture': ['fracture'],
  prosthesis: ['implant'],
  'cemented-prosthesis': ['implant', 'cement'],
  screws: ['implant'],
}

/** An object lies over the first hip; lead and a wrong dose are seen on all. */
const signsOfFault = (fault: FilmFault | undefined, isFirst: boolean): readonly HipSign[] => {
  if (fault === 'cut-off') return ['cutOff']
  if (fault === 'under-exposed' || fault === 'over-exposed') return ['exposure']
  const isObject = fault === 'coin' || fault === 'zipper' || fault === 'ecg-lead'
  return isObject && isFirst ? ['object'] : []
}

const filmSizeOf = (random: Random): number => 448 + Math.floor(320 * random())

mkdirSync(out, { recursive: true })
const crops = openSync(join(out, 'crops.u8'), 'w')
const labels: object[] = []
for (let index = 0; index < Number(filmText); index += 1) {
  const random = randomFor(seed, world, 'conditions', index)
  const sampled = samplePerson({ world, random, hospitalMix: true })
  const person = {
    ...sampled,
    left: { ...sampled.left, condition: oneOf(random, conditions) },
    right: { ...sampled.right, condition: oneOf(random, conditions) },
  }
  const fault = random() < 0.4 ? oneOf(random, filmFaults) : undefined
  const film = renderFilm({
    person,
    view: oneOf(random, ['left', 'right', 'pelvis', 'pelvis'] as const),
    acquisition: sampleAcquisition({ world, random }),
    size: filmSizeOf(random),
    random,
    ...(fault === undefined ? {} : { fault }),
  })
  const grey = greyOf(film)
  for (const [place, hip] of film.hips.entries()) {
    const box = jitteredBox(hip, random, { scale: 0.04, place: 0.025 })
    writeSync(crops, cropRegion(grey, box, cropSize, hip.side === 'right'))
    const signs = [...(signsOfCondition[hip.condition] ?? []), ...signsOfFault(fault, place === 0)]
    labels.push({ person: index, side: hip.side, tScore: hip.tScore, condition: hip.condition, fault, signs })
  }
  if (index % 100 === 99) console.error(`${index + 1} films`)
}
closeSync(crops)
writeFileSync(join(out, 'labels.json'), JSON.stringify({ world, seed, cropSize, crops: labels }))
