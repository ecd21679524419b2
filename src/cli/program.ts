import { Command } from 'commander'
import { programVersion } from '../roles/open-process.ts'
import { alarms } from './commands/alarms.ts'
import { announce } from './commands/announce.ts'
import { corrections } from './commands/corrections.ts'
import { dashboard } from './commands/dashboard.ts'
import { deadLetters } from './commands/dead-letters.ts'
import { demo } from './commands/demo.ts'
import { doctor } from './commands/doctor.ts'
import { evaluate } from './commands/evaluate.ts'
import { exportRegionsCommand } from './commands/export-regions.ts'
import { gaps } from './commands/gaps.ts'
import { gateway } from './commands/gateway.ts'
import { history } from './commands/history.ts'
import { ingest } from './commands/ingest.ts'
import { ledger } from './commands/ledger.ts'
import { migrateCommand } from './commands/migrate.ts'
import { models } from './commands/models.ts'
import { monitor } from './commands/monitor.ts'
import { prevalence } from './commands/prevalence.ts'
import { records } from './commands/records.ts'
import { replayCommand } from './commands/replay.ts'
import { rescreen } from './commands/rescreen.ts'
import { screen } from './commands/screen.ts'
import { signInLinkCommand } from './commands/sign-in-link.ts'
import { simulate } from './commands/simulate.ts'
import { sink } from './commands/sink.ts'
import { sites } from './commands/sites.ts'
import { up } from './commands/up.ts'

/** The command line: `osteostream <command>`. */
export const buildProgram = (): Command => {
  const program = new Command('osteostream')
    .description(
      'Reads bone density from hip X-rays and shows prevalence. Research use; not a medical device.',
    )
    .version(programVersion)
    .showHelpAfterError()
    // A command with commands of its own sees their options only where it does not stop before them.
    .enablePositionalOptions()
  // Options behind a command of its own are that one's: the folder, above all.
  for (const command of [
    demo,
    up,
    dashboard,
    signInLinkCommand,
    screen,
    sink,
    ingest,
    gateway,
    ledger,
    prevalence,
    monitor,
    history,
    evaluate,
    exportRegionsCommand,
    models,
    deadLetters,
    gaps,
    records,
    alarms,
    announce,
    corrections,
    replayCommand,
    rescreen,
    sites,
    simulate,
    migrateCommand,
    doctor,
  ])
    program.addCommand(command().enablePositionalOptions())
  return program
}
