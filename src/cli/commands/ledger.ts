import { Command } from 'commander'
import type { LedgerScope } from '../../contracts/ledger.ts'
import { openLedgerReader } from '../../roles/measure-offsets.ts'
import { connectToRunning } from '../../roles/open-engine.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { ledgerLines } from '../show/show-ledger.ts'
import { writeLine } from '../write-output.ts'

type Options = Json & {
  readonly clinic?: string
  readonly from?: string
  readonly to?: string
  readonly byHour?: boolean
}

const scopeOf = (options: Options): LedgerScope => ({
  ...(options.clinic === undefined ? {} : { siteId: options.clinic }),
  ...(options.from === undefined ? {} : { from: options.from }),
  ...(options.to === undefined ? {} : { to: options.to }),
})

/** `ledger`: what became of every film; exit status 1 where it does not balance. */
export const ledger = (): Command =>
  new Command('ledger')
    .description('the study ledger: what became of every film that was received')
    .option('--clinic <id>', 'this clinic only')
    .option('--from <instant>', 'received at or after this instant (ISO 8601)')
    .option('--to <instant>', 'received before this instant')
    .option('--by-hour', 'a line for each clinic and hour')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Options) =>
      runOnce('ledger', options, async (opened) => {
        const reader = openLedgerReader(await connectToRunning(opened))
        const found = await reader.read({ scope: scopeOf(options), byClinicHour: options.byHour === true })
        if (options.json === true) writeLine(JSON.stringify({ ledger: found }))
        else for (const line of ledgerLines(found, options.byHour === true)) writeLine(line)
        if (!found.balanced) process.exitCode = 1
      }),
    )
