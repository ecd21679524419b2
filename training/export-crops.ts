/**
 * Draws simulated hips and writes what the classifiers learn T from: crops, cut by the code that cuts them in
 * production, and beside T what the simulator drew: the signs of density, what they add up to, and where the bone lies.
 * `node training/export-crops.ts OUT_DIR SEED FILMS`
 *
 * The people are those of the development hospital, arthritic hips among them; hips that production does not score are
 * left out. Exposure, processing and positioning vary more widely than at any one site, so that what is learned does
 * not hang on a maker (domain randomisation; Tobin 2017). No device of the clinics outside is drawn.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { cropRegion } from '../src/imaging/picture/crop-region.ts'
import { type Random, randomFor } from '../src/simulation/clinics/seeded-random.ts'
import { signsOf } from '../src/simulation/films/bone-signs.ts'
import { unreadableConditions } from '../src/simulation/films/conditions.ts'
import { sampleAcquisition } from '../src/simulation/films/devices.ts'
import type { Acquisition } from '../src/simulation/films/expose-film.ts'
import { type SimulatedHip, samplePerson } from '../src/simulation/films/person.ts'
import { greyOf } from '../src/simulation/films/picture-of.ts'
import { type HipTruth, type PixelBox, renderFilm } from '../src/simulation/films/render-film.ts'
import { jitteredBox } from './jittered-box.ts'

const [out = 'training/data/crops', seedText = '1', filmText = '100'] = process.argv.slice(2)
const seed = Number(seedText)
const cropSize = 160

const between = (random: Random, low: number, high: number): number => low + (high - low) * random()

const variedAcquisition = (random: Random): Acquisition => ({
  ...sampleAcquisition({ world: 'hospital', random }),
  kvp: Math.round(between(random, 68, 84)),
  scatter: between(random, 0.25, 0.65),
  quanta: between(random, 1200, 5000),
  contrast: between(random, 0.8, 1.25),
  rotationDeg: { mean: between(random, 4, 15), sd: 9 },
})

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4

/** Points of the bone in shares of the crop's edge, as the crop shows them: a right hip is mirrored. */
const placesIn = (box: PixelBox, { side, landmarks }: HipTruth): number[] => {
  const { head, neck, greaterTrochanter, lesserTrochanter, shaft } = landmarks
  return [head, neck, greaterTrochanter, lesserTrochanter, shaft].flatMap(({ x, y }) => {
    const across = (x - box.x) / box.width
    return [side === 'right' ? 1 - across : across, (y - box.y) / box.height].map(rounded)
  })
}

/** What the simulator knows of a hip that the classes are not made of. */
const truthsOf = ({ appearance, shapeSeed }: SimulatedHip, box: PixelBox, hip: HipTruth): object => ({
  appearance: rounded(appearance),
  signs: Object.values(signsOf(appearance, randomFor(shapeSeed, 'signs'))).map(rounded),
  places: placesIn(box, hip),
})

mkdirSync(out, { recursive: true })
const crops = openSync(join(out, 'crops.u8'), 'w')
const labels: object[] = []
for (let index = 0; index < Number(filmText); index += 1) {
  const random = randomFor(seed, 'crops', index)
  const person = samplePerson({ world: 'hospital', random, hospitalMix: true, withConditions: true })
  const view = (['left', 'right', 'pelvis', 'pelvis'] as const)[Math.floor(random() * 4)] ?? 'pelvis'
  const size = Math.round(between(random, 512, 768))
  const film = renderFilm({ person, view, acquisition: variedAcquisition(random), size, random })
  const grey = greyOf(film)
  for (const hip of film.hips) {
    if (unreadableConditions.has(hip.condition)) continue
    const box = jitteredBox(hip, random, { scale: 0.04, place: 0.02 })
    writeSync(crops, cropRegion(grey, box, cropSize, hip.side === 'right'))
    const { side, tScore } = hip
    labels.push({ person: index, side, tScore, ...truthsOf(person[side], box, hip) })
  }
  if (index % 100 === 99) console.error(`${index + 1} films`)
}
closeSync(crops)
writeFileSync(join(out, 'labels.json'), JSON.stringify({ seed, cropSize, crops: labels }))
