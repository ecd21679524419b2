import { Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import {
  type RescreenDifference,
  type RescreenReport,
  type RescreenResult,
  rescreenResults,
} from '../../operations/rescreen.ts'
import { connectToRunning } from '../../roles/open-engine.ts'
import { runRescreen } from '../../roles/operators/run-rescreen.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { tableOf, writeError, writeLine, writeProgress } from '../write-output.ts'

type Options = Json & { readonly from: string; readonly to: string; readonly model?: string }

const instant = (text: string): string => {
  if (z.union([z.iso.date(), z.iso.datetime()]).safeParse(text).success) return text
  throw new InvalidArgumentError(
    'must be a day or an instant in UTC, such as 2026-03-01 or 2026-03-01T12:00:00Z',
  )
}

const model = (text: string): string => {
  if (/^[^@\s]+@[^@\s]+$/.test(text)) return text
  throw new InvalidArgumentError('must be NAME@VERSION')
}

const words: Readonly<Record<RescreenResult, string>> = {
  same: 'same',
  differs: 'differ',
  otherProvider: 'another provider, not compared',
  payloadExpired: 'film expired',
  packageMissing: 'package or finder missing',
}

const lineOf = ({ arrivalId, hip, model: name, difference, why }: RescreenDifference): string =>
  `${arrivalId} ${hip} ${name}: ${difference === undefined ? why : `probabilities differ by ${difference}`}`

const show = ({ films, readings, maxDifference, tolerance, differences }: RescreenReport): void => {
  const counts = rescreenResults.map((result) => [`  ${words[result]}`, String(readings[result])])
  writeLine(tableOf([['films', String(films)], ['readings', ''], ...counts]))
  writeLine(`largest difference of a probability: ${maxDifference} (allowed: ${tolerance})`)
  for (const difference of differences) writeLine(lineOf(difference))
}

/** `rescreen`: exit status 1 where a reading differs. */
export const rescreen = (): Command =>
  new Command('rescreen')
    .description('read films again with the packages that read them before, and compare; publishes nothing')
    .requiredOption('--from <instant>', 'received at or after it (UTC)', instant)
    .requiredOption('--to <instant>', 'received before it', instant)
    .option('--model <name@version>', 'readings of this package only', model)
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Options) =>
      runOnce('rescreen', options, async (opened) => {
        const connections = await connectToRunning(opened)
        const counter = opened.telemetry.meter.createCounter('consumers_rescreened_readings_total')
        const crashed = Promise.withResolvers<never>()
        let films = 0
        const onFilm = (results: readonly RescreenResult[]): void => {
          for (const result of results) counter.add(1, { result })
          films += 1
          if (films % 100 === 0) writeProgress(`${films} films`)
        }
        const { from, to, model: only } = options
        const work = runRescreen(opened, connections, {
          from,
          to,
          model: only,
          onFilm,
          onCrash: crashed.reject,
        })
        const report = await Promise.race([work, crashed.promise])
        writeError('')
        if (options.json === true) writeLine(JSON.stringify({ rescreen: report }))
        else show(report)
        if (report.readings.differs > 0) process.exitCode = 1
      }),
    )
