import { Command } from 'commander'
import { blobStoreOf, connectToRunning, roleDepsOf } from '../open-engine.ts'
import { startScreening } from '../start-screening.ts'
import { type DataDir, dataDirOption } from './options.ts'
import { runRole } from './run-role.ts'

/** `screen`: one more screening process. */
export const screen = (): Command =>
  new Command('screen')
    .description('run a screening process: films in, verdicts out')
    .addOption(dataDirOption())
    .action((options: DataDir) =>
      runRole('screen', options, async (process, onCrash) => {
        const { kafka } = await connectToRunning(process)
        const screening = await startScreening(roleDepsOf(process, kafka, onCrash), blobStoreOf(process))
        process.lifecycle.add('screening', screening.stop)
        process.logger.info('screening')
      }),
    )
