import { Command } from 'commander'
import { readReportedPrevalence } from '../../analytics/prevalence/join-reports.ts'
import { connectToRunning } from '../../roles/open-engine.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { prevalenceLines } from '../show/show-prevalence.ts'
import { writeLine } from '../write-output.ts'

/** `prevalence`: shares of the three classes by region and month. */
export const prevalence = (): Command =>
  new Command('prevalence')
    .description('prevalence of the three classes by region and month, raw and corrected, with intervals')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Json) =>
      runOnce('prevalence', options, async (process) => {
        const { clickhouse } = await connectToRunning(process)
        const found = await readReportedPrevalence(clickhouse)
        if (options.json === true) writeLine(JSON.stringify({ prevalence: found }))
        else for (const line of prevalenceLines(found)) writeLine(line)
      }),
    )
