/** Records what pydicom and GDCM make of the odd films: `node test/imaging/oracles/record-odd-films.ts`. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { oddFilms } from './odd-films.ts'

const folder = mkdtempSync(join(tmpdir(), 'odd-films-'))
for (const [name, bytes] of Object.entries(oddFilms())) writeFileSync(join(folder, `${name}.dcm`), bytes)
const script = join(import.meta.dirname, 'odd_films_oracle.py')
const { stdout, stderr, status } = spawnSync('python3', [script, folder], { encoding: 'utf8' })
rmSync(folder, { recursive: true })
if (status !== 0) throw new Error(stderr)
writeFileSync(join(import.meta.dirname, 'odd-films.json'), stdout)
