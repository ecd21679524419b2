import { Command } from 'commander'
import { checkMachine } from '../../embedded/preflight.ts'
import { findRunningServices } from '../../embedded/services-file.ts'
import { openModelShelf } from '../../inference/classifier-shelf.ts'
import { writeLine } from '../write-output.ts'
import { dataDirOption, type Json, jsonOption } from './options.ts'
import { runOnce } from './run-role.ts'

/** `doctor`: what is missing here and how to get it; exit status 2 where something is. */
export const doctor = (): Command =>
  new Command('doctor')
    .description('look at what the engine needs on this machine, and how to get what is missing')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Json) =>
      runOnce('doctor', options, async ({ settings, logger }) => {
        const kafka = settings.kafkaBrokers === undefined
        const clickhouse = settings.clickhouseUrl === undefined
        const checks = await checkMachine({ ...settings, kafka, clickhouse })
        const models = (await openModelShelf(settings.modelsDir, logger)).classifiers.map(
          ({ manifest }) => `${manifest.name} ${manifest.version}`,
        )
        const running = (await findRunningServices(settings.dataDir)) !== undefined
        const ok = checks.every((check) => check.ok) && models.length > 0
        if (options.json === true) writeLine(JSON.stringify({ ok, checks, models, running }))
        else {
          for (const check of checks)
            writeLine(
              `${check.ok ? 'ok     ' : 'MISSING'}  ${check.name}: ${check.found}${check.ok ? '' : `\n         needed: ${check.needed}\n         remedy: ${check.remedy}`}`,
            )
          writeLine(
            `${models.length > 0 ? 'ok     ' : 'MISSING'}  models: ${models.join(', ') || `none in ${settings.modelsDir}`}`,
          )
          writeLine(`${running ? 'an engine runs' : 'no engine runs'} on ${settings.dataDir}`)
        }
        if (!ok) process.exitCode = 2
      }),
    )
