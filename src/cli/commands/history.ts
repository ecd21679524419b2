import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { createSiteKeys } from '../../producers/site-keys.ts'
import { connectToRunning } from '../../roles/open-engine.ts'
import { historyUntil, openHistory, publishHistory } from '../../roles/publish-history.ts'
import { trueCounts, truthText } from '../../simulation/history/history-truth.ts'
import { type DataDir, dataDirOption, type Json, jsonOption, wholeNumber } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { writeError, writeLine } from '../write-output.ts'

type Options = DataDir & Json & { readonly seed: number; readonly until?: string; readonly truth?: string }

const today = (): string => new Date().toISOString().slice(0, 10)

/** `history`: half a year of drawn people, so that there is something to look at. */
export const history = (): Command =>
  new Command('history')
    .description('publish 26 weeks of resampled readings of simulated films, for a demonstration')
    .option('--seed <n>', 'the same seed and week give the same people', wholeNumber(0), 1)
    .option(
      '--until <day>',
      'the history ends before the week of this day (YYYY-MM-DD; where not said the day of the first time)',
    )
    .option('--truth <file>', 'write the true classes by week and clinic as CSV, and publish nothing')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Options) =>
      runOnce('history', options, async (process) => {
        const { seed, truth } = options
        const until = options.until ?? (await historyUntil(process.settings.dataDir, seed, today()))
        if (truth !== undefined) {
          const { plan, draw } = await openHistory({ seed, until })
          await writeFile(truth, truthText(trueCounts(plan, draw)))
          return
        }
        const people = await publishHistory(process, await connectToRunning(process), {
          seed,
          until,
          keysOf: (siteId) => createSiteKeys({ dataDir: process.settings.dataDir, siteId }),
          isWanted: () => true,
          onWeek: (done, weeks) => writeError(`${done} of ${weeks} weeks published`),
        })
        writeLine(options.json === true ? JSON.stringify({ people }) : `${people} drawn people published`)
      }),
    )
