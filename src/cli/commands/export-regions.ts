import { Command } from 'commander'
import { countReasons } from '../../inference/evaluation/run-evaluation.ts'
import { exportRegions } from '../../roles/evaluation/export-regions.ts'
import { dataDirOption, type Json, jsonOption, showFilms, wholeNumber } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { writeLine } from '../write-output.ts'

type ExportOptions = Json & { readonly data: string; readonly out: string; readonly size: number }

/** `export-regions`: what the networks learn from. */
export const exportRegionsCommand = (): Command =>
  new Command('export-regions')
    .description('cut the hips of labelled films exactly as production cuts them, for training')
    .requiredOption('--data <dir>', 'folder of films with labels.csv')
    .requiredOption('--out <dir>', 'folder for crops.u8 and labels.json')
    .option('--size <pixels>', 'edge of a region', wholeNumber(16), 128)
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: ExportOptions) =>
      runOnce('export-regions', options, async (opened) => {
        const { films, regions, rejected, excluded } = await exportRegions(opened, options, showFilms)
        const left = countReasons([...rejected, ...excluded])
        if (options.json === true)
          return writeLine(JSON.stringify({ films, regions, leftOut: Object.fromEntries(left) }))
        writeLine(`${regions} regions of ${films} films in ${options.out}`)
        for (const [reason, count] of left) writeLine(`left out: ${reason} ${count}`)
      }),
    )
