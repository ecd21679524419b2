/**
 * Shows what the hip finder makes of real films, which it never learned from, through the code of production.
 * `node training/check-real-films.ts FINDER_FOLDER FILM_FOLDER [FILM_FOLDER ...]`
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeFilm } from '../src/imaging/decode-film.ts'
import { toGreyscale } from '../src/imaging/grey-film.ts'
import { readFilmHeader } from '../src/imaging/read-film-header.ts'
import { createFindHips, type FindHips } from '../src/inference/find-hips.ts'

const filmFiles = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true })
  return entries.filter((entry) => /\.(dcm|jpe?g|png)$/i.test(entry)).toSorted()
}

const answerFor = async (findHips: FindHips, path: string): Promise<string> => {
  const bytes = await readFile(path)
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') return `unread: ${JSON.stringify(header)}`
  const decoded = await decodeFilm(bytes, header.value)
  if (decoded.kind !== 'ok') return `unread: ${JSON.stringify(decoded)}`
  const found = await findHips(toGreyscale(decoded.value))
  if (found.kind === 'refused') return `refused: ${found.reason}, ${found.detail}`
  const hips = found.hips.map(({ side, box, score }) => {
    const [x, y, edge] = [box.x, box.y, box.width].map((value) => Math.round(value))
    return `${side} ${score.toFixed(2)} at ${x},${y} edge ${edge}`
  })
  return `found: ${hips.join('; ')}`
}

const [finderFolder = 'models/hip-finder/1.1.0', ...folders] = process.argv.slice(2)
const findHips = await createFindHips(finderFolder, 'cpu')
for (const folder of folders) {
  const counts = new Map<string, number>()
  for (const file of await filmFiles(folder)) {
    const answer = await answerFor(findHips, join(folder, file))
    const kind = answer.startsWith('found') ? 'found' : answer
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    console.log(`${file}: ${answer}`)
  }
  console.log(`${folder}: ${JSON.stringify(Object.fromEntries(counts))}`)
}
