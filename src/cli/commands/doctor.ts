import { Command } from 'commander'
import { type Check, checkMachine } from '../../embedded/preflight.ts'
import { findRunningServices } from '../../embedded/services-file.ts'
import { openServingShelf } from '../../roles/serving-shelf.ts'
import type { Settings } from '../../runtime/config.ts'
import { SetupError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { writeLine } from '../write-output.ts'

const checkModels = async (settings: Settings, logger: Logger): Promise<Check> => {
  const common = { name: 'models', needed: 'a hip finder and a classifier', code: 'MODEL_UNUSABLE' } as const
  try {
    const { classifiers } = await openServingShelf(settings, logger)
    const names = classifiers.map(({ manifest }) => `${manifest.name} ${manifest.version}`)
    return { ...common, ok: true, found: names.join(', '), remedy: '' }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return { ...common, ok: false, found: error.message, remedy: error.remedy }
  }
}

const lineOf = ({ ok, name, found, needed, remedy }: Check): string =>
  ok
    ? `ok       ${name}: ${found}`
    : `MISSING  ${name}: ${found}\n         needed: ${needed}\n         remedy: ${remedy}`

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
        const machine = await checkMachine({ ...settings, kafka, clickhouse })
        const checks = [...machine, await checkModels(settings, logger)]
        const running = (await findRunningServices(settings.dataDir)) !== undefined
        const ok = checks.every((check) => check.ok)
        if (options.json === true) writeLine(JSON.stringify({ ok, checks, running }))
        else {
          for (const check of checks) writeLine(lineOf(check))
          writeLine(`${running ? 'an engine runs' : 'no engine runs'} on ${settings.dataDir}`)
        }
        if (!ok) process.exitCode = 2
      }),
    )
