import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { thumbnailOf } from '../../imaging/picture/crop-region.ts'
import { renderContactSheet, type Tile } from '../../imaging/picture/render-contact-sheet.ts'
import { SetupError } from '../../runtime/errors.ts'
import { makeFolder } from '../../runtime/make-folder.ts'
import { greyOf } from '../films/picture-of.ts'
import { drawSetFilm, type FilmSetOptions, type SetFilm } from './draw-set-film.ts'
import { type SetFileFormat, setFileBytes, setFileName } from './set-file.ts'
import { labelLines, labelsHeader, truthOf } from './set-labels.ts'

export type WriteFilmSetOptions = FilmSetOptions & {
  readonly folder: string
  readonly films: number
  readonly format: SetFileFormat
  readonly contactSheet: boolean
  /** Called after each film with how many are written. */
  readonly onProgress: (written: number) => void
}

/** What was written. */
export type FilmSetReport = {
  readonly films: number
  readonly hips: number
  readonly classes: Readonly<Record<string, number>>
  /** Hips that no reference test is made of: implants and fractures. */
  readonly withoutLabel: number
}

/** Films on a contact sheet, in rows of six. */
const sheetFilms = 48
const sheetColumns = 6
const tileSize = 256

const openEmptyFolder = async (folder: string): Promise<void> => {
  await makeFolder(folder)
  if ((await readdir(folder)).length > 0)
    throw new SetupError(
      'OUTPUT_NOT_EMPTY',
      `the folder ${folder} is not empty: films of two sets would mix`,
      'name a new folder with --out, or empty this one',
    )
}

const writeTo = async (stream: WriteStream, line: string): Promise<void> => {
  if (!stream.write(`${line}\n`)) await once(stream, 'drain')
}

const tileOf = ({ film }: SetFilm): Tile => ({
  rows: tileSize,
  columns: tileSize,
  pixels: thumbnailOf(greyOf(film), tileSize).image,
})

/**
 * Writes films with `labels.csv` and `truth.jsonl` into an empty folder, and `contact-sheet.png` where asked for. The
 * labels come last: a folder that has them is complete.
 */
export const writeFilmSet = async (options: WriteFilmSetOptions): Promise<FilmSetReport> => {
  const { folder, films, format, seed } = options
  await openEmptyFolder(folder)
  const truth = createWriteStream(join(folder, 'truth.jsonl'))
  const labels: string[] = [labelsHeader]
  const tiles: Tile[] = []
  let hips = 0
  try {
    for (let index = 0; index < films; index += 1) {
      const drawn = drawSetFilm(options, index)
      const file = setFileName(drawn, format)
      await writeFile(join(folder, file), await setFileBytes(drawn, format, seed))
      await writeTo(truth, JSON.stringify(truthOf(drawn, file)))
      labels.push(...labelLines(drawn, file, options.world))
      if (options.contactSheet && tiles.length < sheetFilms) tiles.push(tileOf(drawn))
      hips += drawn.film.hips.length
      options.onProgress(index + 1)
    }
  } finally {
    truth.end()
    await once(truth, 'close')
  }
  if (options.contactSheet)
    await writeFile(join(folder, 'contact-sheet.png'), await renderContactSheet(tiles, sheetColumns))
  await writeFile(join(folder, 'labels.csv'), `${labels.join('\n')}\n`)
  const classes = Object.fromEntries(
    ['normal', 'osteopenia', 'osteoporosis'].map((name) => [
      name,
      labels.filter((line) => line.split(',')[4] === name).length,
    ]),
  )
  return { films, hips, classes, withoutLabel: hips - (labels.length - 1) }
}
