import { Command } from 'commander'
import { awaitRunning } from '../../roles/open-engine.ts'
import { linkTo, owner, runDashboard } from '../../roles/run-dashboard.ts'
import { type DataDir, dataDirOption } from '../options.ts'
import { runRole } from '../run-role.ts'
import { writeError } from '../write-output.ts'

/** `dashboard`: the pages and the API over an engine that runs. */
export const dashboard = (): Command =>
  new Command('dashboard')
    .description(
      'the pages and the API over an engine that runs, on this machine alone; prints a sign-in link',
    )
    .addOption(dataDirOption())
    .action((options: DataDir) =>
      runRole('dashboard', options, async (process, onCrash) => {
        const started = await runDashboard(process, await awaitRunning(process), onCrash)
        writeError(`dashboard: ${started.address}`)
        writeError(`sign in (once, within ten minutes): ${await linkTo(started, owner)}`)
        writeError('ready; Ctrl-C stops')
      }),
    )
