import { Command, Option } from 'commander'
import { z } from 'zod'
import { type Announcement, announcedChanges } from '../../contracts/announcement.ts'
import { createAnnounceChange } from '../../operations/announce-change.ts'
import { connectToRunning, openControlPublisher } from '../../roles/open-engine.ts'
import { SetupError } from '../../runtime/errors.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { writeLine } from '../write-output.ts'

type Options = Json & {
  readonly site: string
  readonly from: string
  readonly change: Announcement['change']
  readonly who: string
}

const foundSchema = z.object({ siteId: z.string() })

/** `announce`: a change at a clinic that the monitor should know of before it wonders. */
export const announce = (): Command =>
  new Command('announce')
    .description('say that something changes at a clinic, so that figures are read with it (docs/monitor.md)')
    .argument('<text>', 'what changes, without a name of a person: "new detector in room 2"')
    .requiredOption('--site <id>', 'the clinic')
    .requiredOption('--from <day>', 'the first day of the change there (YYYY-MM-DD)')
    .addOption(
      new Option('--change <kind>', 'what kind of change it is')
        .choices(announcedChanges)
        .makeOptionMandatory(),
    )
    .requiredOption('--who <role>', 'who says so (a role, kept with it)')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((text: string, options: Options) =>
      runOnce('announce', options, async (process) => {
        const connections = await connectToRunning(process)
        const { clickhouse } = connections
        const announceChange = createAnnounceChange({
          publisher: await openControlPublisher(process, connections),
          isKnown: async (siteId) => {
            const sql = 'SELECT site_id AS siteId FROM sites WHERE site_id = {siteId:String} LIMIT 1'
            return (await clickhouse.query(sql, { siteId }, foundSchema)).length > 0
          },
          now: () => new Date(),
        })
        const { site: siteId, from, change, who } = options
        const outcome = await announceChange({ siteId, from, change, text, who })
        if (outcome.kind === 'rejected' || outcome.kind === 'failed')
          throw new SetupError(
            'SETTING_INVALID',
            outcome.detail,
            'see `npm start -- announce --help`, and the clinics in `npm start -- ledger --by-clinic-hour`',
          )
        if (options.json === true) writeLine(JSON.stringify({ announcement: outcome.value }))
        else
          writeLine(
            `announced at ${siteId} from ${from}: ${change}; verdicts of that month and the next one hear it`,
          )
      }),
    )
