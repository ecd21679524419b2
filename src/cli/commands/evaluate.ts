import { join } from 'node:path'
import { Command, Option } from 'commander'
import { evaluatePackage } from '../../roles/evaluation/evaluate-package.ts'
import { reportFolder, writeEvaluation } from '../../roles/evaluation/write-evaluation.ts'
import { dataDirOption, type Json, jsonOption, showFilms } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { evaluationLines, evaluationObject } from '../show/show-evaluation.ts'
import { writeError, writeLine } from '../write-output.ts'

type EvaluateOptions = Json & {
  readonly model: string
  readonly data: string
  readonly set: 'internal' | 'external'
  readonly domain?: 'synthetic' | 'real'
  readonly notIn?: string
  readonly compare?: readonly string[]
  readonly report?: string
}

/** `evaluate`: how good a package is on a folder of labelled films. */
export const evaluate = (): Command =>
  new Command('evaluate')
    .description('measure a package on a folder of labelled films, through the production path')
    .requiredOption('--model <name[@version]>', 'package to evaluate; the newest version where none is named')
    .requiredOption('--data <dir>', 'folder of films with labels.csv')
    .addOption(
      new Option('--set <set>', 'internal (people of the hospital that trained it) or external')
        .choices(['internal', 'external'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--domain <domain>',
        'where the films come from (default: as the labels say, else as those that the package learned from); a card of simulated films never corrects real people',
      ).choices(['synthetic', 'real']),
    )
    .option(
      '--compare <name[@version]>',
      'another package that reads the same films, compared hip by hip; may be given several times',
      (named: string, before: readonly string[]) => [...before, named],
      [],
    )
    .option('--not-in <dir>', 'labelled folder (of training) whose people must not be in this one')
    .option(
      '--report <dir>',
      'folder for report.html, card.json and predictions.jsonl (default: evaluations/<package>-<set> in --data-dir)',
    )
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: EvaluateOptions) =>
      runOnce('evaluate', options, async (opened) => {
        const found = await evaluatePackage(opened, options, showFilms)
        const folder = await writeEvaluation(
          found,
          options.report ?? reportFolder(opened.settings.dataDir, found),
        )
        const write = options.json === true ? writeError : writeLine
        for (const line of evaluationLines(found)) write(line)
        write(`written: ${join(folder, 'card.json')} and report.html, predictions.jsonl`)
        if (options.json === true) writeLine(JSON.stringify(evaluationObject(found)))
      }),
    )
