/**
 * Writes crops of simulated hips on which a package keeps what PyTorch says, so that any machine can check that it says
 * the same: `node training/export-parity.ts OUT_DIR [--size 160 --crops 50 --seed 77]`. The films are those of clinics
 * outside, in every encoding in turn, and take the way of production: decoded, hips found, cut.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { encodePng } from '../src/imaging/codecs/sharp-codec.ts'
import { openModelShelf } from '../src/inference/classifiers/classifier-shelf.ts'
import { finderOf } from '../src/inference/packages/choose-package.ts'
import { type FilmEncoding, filmEncodings, parityFiles } from '../src/inference/packages/parity.ts'
import { createPrepareTask } from '../src/inference/workers/prepare-task.ts'
import { readSettings } from '../src/runtime/config.ts'
import { silentLogger } from '../src/runtime/logger.ts'
import { drawSetFilm } from '../src/simulation/film-set/draw-set-film.ts'
import { encodeFilm } from './encode-film.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '160' },
    crops: { type: 'string', default: '50' },
    seed: { type: 'string', default: '77' },
  },
})
const [out = 'training/data/parity'] = positionals
const [size, wanted, seed] = [values.size, values.crops, values.seed].map(Number)
if (size === undefined || wanted === undefined || seed === undefined) throw new Error('no number')

const { modelsDir } = readSettings({})
const finder = finderOf((await openModelShelf(modelsDir, silentLogger)).finder, modelsDir)
const prepare = await createPrepareTask({ finderFolder: finder.folder, cropSizes: [size], provider: 'cpu' })

const crops: Uint8Array[] = []
const entries: { film: number; encoding: FilmEncoding; side: string }[] = []
for (let film = 0; crops.length < wanted; film += 1) {
  const encoding = filmEncodings[film % filmEncodings.length] ?? 'png'
  const drawn = drawSetFilm({ world: 'external', seed, filmSize: 640 }, film)
  const bytes = await encodeFilm(drawn.film, encoding, `2.25.${seed}${film}`)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const { outcome } = await prepare({ kind: 'prepare', bytes, expected: { size: bytes.length, sha256 } })
  for (const hip of outcome.kind === 'ok' ? outcome.value.hips : []) {
    const crop = hip.crops.get(size)
    if (crop === undefined || crops.length === wanted) continue
    crops.push(crop)
    entries.push({ film, encoding, side: hip.side })
  }
}

const missing = filmEncodings.filter((name) => !entries.some(({ encoding }) => encoding === name))
if (missing.length > 0) throw new Error(`no crop of a film in ${missing.join(', ')}: take more crops`)

await mkdir(out, { recursive: true })
const all = Buffer.concat(crops)
await writeFile(join(out, 'crops.u8'), all)
const strip = await encodePng({ rows: size * wanted, columns: size, values: Uint16Array.from(all) }, 8)
await writeFile(join(out, parityFiles.crops), strip)
const { name, version } = finder.manifest
const made = { seed, cropSize: size, finder: `${name}@${version}`, crops: entries }
await writeFile(join(out, 'labels.json'), `${JSON.stringify(made)}\n`)
console.error(`${out}: ${wanted} crops of ${size} × ${size}`)
