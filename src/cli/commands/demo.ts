import { Command } from 'commander'
import { openLastingProcess, type Process } from '../../roles/open-process.ts'
import { createStopSignal, stopWithin } from '../../roles/run-until-signal.ts'
import { longestSpoolDays } from '../../runtime/config.ts'
import { dataDirOption, jsonOption, wholeNumber } from '../options.ts'
import { type DemoOptions, demoOptionsOf, runDemo } from '../run-demo.ts'

/** Simulated clinics send films of half a year at once: their clocks are believed as far back as any setting allows. */
const withPatientSpools = (process: Process): Process => ({
  ...process,
  settings: { ...process.settings, spoolDays: longestSpoolDays },
})

/** `demo`: the whole engine with simulated clinics, live in the terminal. */
export const demo = (): Command =>
  new Command('demo')
    .description('start everything on this machine, with simulated clinics that stream hip X-rays')
    .option('--clinics <n>', 'simulated clinics', wholeNumber(1), 8)
    .option('--regions <n>', 'regions that they lie in', wholeNumber(1), 4)
    .option('--studies <n>', 'files that the clinics send in all', wholeNumber(1), 2000)
    .option('--seed <n>', 'the same seed gives the same films', wholeNumber(0), 1)
    .option('--history', 'publish half a year of drawn people too (so it is without --exit)')
    .option('--no-history', 'films alone')
    .option('--exit', 'stop once every streamed film is accounted for')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action(async (options: DemoOptions) => {
      const opened = withPatientSpools(await openLastingProcess('demo', { ...options, quiet: true }))
      const signal = createStopSignal(opened.logger)
      try {
        const balanced = await runDemo(opened, demoOptionsOf(options), signal)
        if (!balanced) process.exitCode = 1
      } finally {
        await stopWithin(opened.lifecycle, opened.settings.gracePeriodS * 1000, opened.logger)
        signal.dispose()
      }
    })
