/**
 * Draws simulated films and writes what the networks learn from: crops of hips and thumbnails of films, cut by the
 * code that cuts them in production. `node training/export-films.ts OUT_DIR WORLD SEED HIP_FILMS REFUSED_FILMS
 * [whole [KIND,KIND]]`
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { cropRegion, thumbnailOf } from '../src/imaging/picture/crop-region.ts'
import type { GreyFilm } from '../src/imaging/picture/grey-film.ts'
import { type Random, randomFor } from '../src/simulation/clinics/seeded-random.ts'
import { sampleAcquisition } from '../src/simulation/films/devices.ts'
import { normalDraw } from '../src/simulation/films/normal-draw.ts'
import { classOf, clinicOffsetSd, samplePerson } from '../src/simulation/films/person.ts'
import { greyOf } from '../src/simulation/films/picture-of.ts'
import { magnification, renderFilm, type SimulatedFilm } from '../src/simulation/films/render-film.ts'
import { refusedKinds, renderRefusedFilm } from '../src/simulation/films/render-refused.ts'
import { jitteredBox } from './jittered-box.ts'

const [
  out = 'training/data/hospital',
  worldName = 'hospital',
  seedText = '1',
  hipText = '100',
  refusedText = '40',
  anatomyName = 'plain',
  kindNames = refusedKinds.join(),
] = process.argv.slice(2)
const world = worldName === 'external' ? 'external' : 'hospital'
const anatomy = anatomyName === 'whole' ? 'whole' : 'plain'
const seed = Number(seedText)
const kinds = refusedKinds.filter((kind) => kindNames.split(',').includes(kind))
const cropSize = 128
const thumbSize = 192
/** Films differ in size, as those of clinics do. */
const filmSizeOf = (random: Random): number => 448 + Math.floor(192 * random())
/** Clinics outside: each has an offset of its own. */
const clinics = 8

mkdirSync(out, { recursive: true })
const crops = openSync(join(out, 'crops.u8'), 'w')
const thumbs = openSync(join(out, 'thumbs.u8'), 'w')
const cropLabels: object[] = []
const filmLabels: object[] = []

const writeThumb = (grey: GreyFilm, kind: string, { hips, spacingMm }: SimulatedFilm): void => {
  const thumb = thumbnailOf(grey, thumbSize)
  writeSync(thumbs, thumb.image)
  const toThumb = (value: number, offset: number): number => (value / thumb.scale + offset) / thumbSize
  const entries = hips.map(({ side, box }) => ({
    side,
    cx: toThumb(box.x + box.width / 2, thumb.offsetX),
    cy: toThumb(box.y + box.height / 2, thumb.offsetY),
    width: box.width / thumb.scale / thumbSize,
    height: box.height / thumb.scale / thumbSize,
    /** Millimetres in the plane of the bone. */
    edgeMm: (box.width * spacingMm) / magnification,
  }))
  filmLabels.push({ kind, hips: entries })
}

for (let index = 0; index < Number(hipText); index += 1) {
  const random = randomFor(seed, world, 'film', index)
  const clinic = index % clinics
  const clinicOffset =
    world === 'external' ? clinicOffsetSd * normalDraw(randomFor(seed, 'clinic', clinic)) : 0
  const person = samplePerson({ world, random, hospitalMix: true, clinicOffset })
  const acquisition = sampleAcquisition({ world, random })
  const view = (['left', 'right', 'pelvis', 'pelvis'] as const)[Math.floor(random() * 4)] ?? 'pelvis'
  const film = renderFilm({ person, view, acquisition, size: filmSizeOf(random), random, anatomy })
  const grey = greyOf(film)
  writeThumb(grey, view === 'pelvis' ? 'pelvis' : 'hip', film)
  for (const hip of film.hips) {
    writeSync(
      crops,
      cropRegion(
        grey,
        jitteredBox(hip, random, { scale: 0.05, place: 0.035 }),
        cropSize,
        hip.side === 'right',
      ),
    )
    cropLabels.push({ person: index, side: hip.side, tScore: hip.tScore, class: classOf(hip.tScore) })
  }
  if (index % 100 === 99) console.error(`${index + 1} hip films`)
}
for (let index = 0; index < Number(refusedText); index += 1) {
  const random = randomFor(seed, world, 'refused', index)
  const kind = kinds[index % kinds.length] ?? 'knee'
  const film = renderRefusedFilm({
    kind,
    acquisition: sampleAcquisition({ world: 'external', random }),
    size: filmSizeOf(random),
    random,
    anatomy,
  })
  writeThumb(greyOf(film), kind, film)
}
closeSync(crops)
closeSync(thumbs)
writeFileSync(
  join(out, 'labels.json'),
  JSON.stringify({ world, seed, cropSize, thumbSize, crops: cropLabels, films: filmLabels }),
)
