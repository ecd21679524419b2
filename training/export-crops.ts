/**
 * Draws simulated hips and writes what the classifiers learn T from: crops, cut by the code that cuts them in
 * production. `node training/export-crops.ts OUT_DIR SEED FILMS`
 *
 * The people are those of the development hospital. Exposure, processing and positioning vary more widely than at any
 * one site, so that what is learned does not hang on a maker (domain randomisation; Tobin 2017). No device of the
 * clinics outside is drawn.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { cropRegion } from '../src/imaging/crop-region.ts'
import { type Random, randomFor } from '../src/simulation/clinics/seeded-random.ts'
import { sampleAcquisition } from '../src/simulation/films/devices.ts'
import type { Acquisition } from '../src/simulation/films/expose-film.ts'
import { samplePerson } from '../src/simulation/films/person.ts'
import { greyOf } from '../src/simulation/films/picture-of.ts'
import { renderFilm } from '../src/simulation/films/render-film.ts'
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
  rotationDeg: { mean: between(random, 4, 15), sd: 6 },
})

mkdirSync(out, { recursive: true })
const crops = openSync(join(out, 'crops.u8'), 'w')
const labels: object[] = []
for (let index = 0; index < Number(filmText); index += 1) {
  const random = randomFor(seed, 'crops', index)
  const person = samplePerson({ world: 'hospital', random, hospitalMix: true })
  const view = (['left', 'right', 'pelvis', 'pelvis'] as const)[Math.floor(random() * 4)] ?? 'pelvis'
  const size = Math.round(between(random, 512, 768))
  const film = renderFilm({ person, view, acquisition: variedAcquisition(random), size, random })
  const grey = greyOf(film)
  for (const hip of film.hips) {
    writeSync(
      crops,
      cropRegion(
        grey,
        jitteredBox(hip, random, { scale: 0.04, place: 0.02 }),
        cropSize,
        hip.side === 'right',
      ),
    )
    labels.push({ person: index, side: hip.side, tScore: hip.tScore })
  }
  if (index % 100 === 99) console.error(`${index + 1} films`)
}
closeSync(crops)
writeFileSync(join(out, 'labels.json'), JSON.stringify({ seed, cropSize, crops: labels }))
