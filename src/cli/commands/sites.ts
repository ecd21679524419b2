import { Command } from 'commander'
import { readSitesFile, registerSite, siteOf } from '../../producers/register-site.ts'
import { createSiteKeys } from '../../producers/site-keys.ts'
import { connectToRunning, openControlPublisher } from '../../roles/open-engine.ts'
import { type DataDir, dataDirOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { writeLine } from '../write-output.ts'

const apply = new Command('apply')
  .description('register the sites of a JSON file; a site without keys gets them here')
  .argument('<file>', 'a JSON array of sites: siteId, name, region, timeZone, domain')
  .addOption(dataDirOption())
  .action((file: string, options: DataDir) =>
    runOnce('sites', options, async (process) => {
      const drafts = await readSitesFile(file)
      const publisher = await openControlPublisher(process, await connectToRunning(process))
      for (const draft of drafts) {
        const keys = await createSiteKeys({ dataDir: process.settings.dataDir, siteId: draft.siteId })
        await registerSite({ publisher, now: () => new Date() }, siteOf(draft, keys))
        writeLine(`${draft.siteId}: registered from ${draft.validFrom}`)
      }
    }),
  )

/** `sites`: the site registry. */
export const sites = (): Command =>
  new Command('sites').description('the registry of clinics').addCommand(apply)
