/**
 * Shows what finder and gate make of real films and which letters are read on them, which it never learned from, through the code of production.
 * `node training/check-real-films.ts FINDER_FOLDER FILM_FOLDER [FILM_FOLDER ...]`
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeFilm } from '../src/imaging/decode-film.ts'
import { type GreyFilm, toGreyscale } from '../src/imaging/picture/grey-film.ts'
import { readFilmHeader } from '../src/imaging/read-film-header.ts'
import { type JudgeFilm, openJudgeFilm } from '../src/inference/finder/judge-film.ts'
import { createReadMarkers } from '../src/inference/finder/read-markers.ts'

const filmFiles = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true })
  return entries.filter((entry) => /\.(dcm|jpe?g|png)$/i.test(entry)).toSorted()
}

const lettersOf = async (film: GreyFilm): Promise<string> =>
  (await readMarkers(film))
    .map(({ letter, x, y }) => `${letter} at ${Math.round(x)},${Math.round(y)}`)
    .join('; ') || 'none'

const answerFor = async (judgeFilm: JudgeFilm, path: string): Promise<string> => {
  const bytes = await readFile(path)
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') return `unread: ${JSON.stringify(header)}`
  const decoded = await decodeFilm(bytes, header.value)
  if (decoded.kind !== 'ok') return `unread: ${JSON.stringify(decoded)}`
  const film = toGreyscale(decoded.value)
  const letters = `letters: ${await lettersOf(film)}`
  const judged = await judgeFilm(film, header.value.attributes)
  if (judged.kind === 'refused') return `refused: ${judged.reason}, ${judged.detail}; ${letters}`
  const hips = judged.hips.map(({ side, box, score, warnings }) => {
    const [x, y, edge] = [box.x, box.y, box.width].map((value) => Math.round(value))
    return `${[side, score.toFixed(2), ...warnings].join(' ')} at ${x},${y} edge ${edge}`
  })
  return `found: ${hips.join('; ')}; ${letters}`
}

const [finderFolder = 'models/hip-finder/1.3.0', ...folders] = process.argv.slice(2)
const readMarkers = await createReadMarkers(finderFolder, 'cpu')
const judgeFilm = await openJudgeFilm(finderFolder, 'cpu')
for (const folder of folders) {
  const counts = new Map<string, number>()
  for (const file of await filmFiles(folder)) {
    const answer = await answerFor(judgeFilm, join(folder, file))
    const kind = /^found|^[^;]*/.exec(answer)?.[0] ?? answer
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    console.log(`${file}: ${answer}`)
  }
  console.log(`${folder}: ${JSON.stringify(Object.fromEntries(counts))}`)
}
