import { Command, Option } from 'commander'
import { type SetFileFormat, setFileFormats } from '../../simulation/film-set/set-file.ts'
import { type FilmSetReport, writeFilmSet } from '../../simulation/film-set/write-film-set.ts'
import { appearanceError, clinicOffsetSd, type World } from '../../simulation/films/person.ts'
import { jsonOption, share, wholeNumber } from '../options.ts'
import { writeError, writeLine, writeProgress } from '../write-output.ts'

type Options = {
  readonly out: string
  readonly n: number
  readonly world: World
  readonly seed: number
  readonly format: SetFileFormat
  readonly size: number
  readonly faults: number
  readonly contactSheet?: boolean
  readonly json?: boolean
}

const progressEveryMs = 5000

/** Tells how many films are written, every five seconds. */
const createTeller = (films: number): ((written: number) => void) => {
  let toldAt = performance.now()
  return (written) => {
    if (performance.now() - toldAt < progressEveryMs) return
    toldAt = performance.now()
    writeProgress(`${written} of ${films} films`)
  }
}

/** Beside every figure that comes of simulated films: how well anyone could do on them. */
const ceilingOf = (world: World): string => {
  const clinics = world === 'external' ? ` and each clinic's by ${clinicOffsetSd}` : ''
  return `synthetic films: what a hip shows differs from its T by an sd of ${appearanceError[world]}${clinics}; no reader can do better`
}

const tell = (options: Options, report: FilmSetReport): void => {
  const { out, world, seed, json } = options
  if (json === true) {
    writeLine(JSON.stringify({ out, world, seed, visibleErrorSd: appearanceError[world], ...report }))
    return
  }
  const classes = Object.entries(report.classes).map(([name, count]) => `${count} ${name}`)
  writeLine(`${out}: ${report.films} films, ${report.hips} hips (${classes.join(', ')}`)
  writeLine(`  and ${report.withoutLabel} with an implant or a fracture, which have no label)`)
}

/** `simulate`: labelled films to learn from and to look at. */
export const simulate = (): Command =>
  new Command('simulate')
    .description('draw hip films with labels.csv and truth.jsonl into an empty folder')
    .requiredOption('--out <dir>', 'empty or new folder')
    .option('--n <n>', 'how many films', wholeNumber(1), 100)
    .addOption(
      new Option('--world <world>', 'the development hospital, or clinics outside')
        .choices(['hospital', 'external'])
        .default('hospital'),
    )
    .option('--seed <n>', 'the same seed draws the same films', wholeNumber(0), 1)
    .addOption(new Option('--format <format>', 'of the film files').choices(setFileFormats).default('dicom'))
    .option('--size <pixels>', 'longer edge of a film', wholeNumber(64), 768)
    .option(
      '--faults <share>',
      'of how many films something goes wrong: cut off, wrong dose, coin, zipper, lead, marker',
      share,
      0,
    )
    .option('--contact-sheet', 'also write contact-sheet.png with the first 48 films')
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const { out, n, world, seed, format, size, faults } = options
      const report = await writeFilmSet({
        folder: out,
        films: n,
        world,
        seed,
        format,
        filmSize: size,
        faultShare: faults,
        contactSheet: options.contactSheet === true,
        onProgress: createTeller(n),
      })
      writeError(ceilingOf(world))
      tell(options, report)
    })
