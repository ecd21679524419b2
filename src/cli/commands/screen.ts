import { Command } from 'commander'
import { blobStoreOf, expireFilms } from '../../roles/film-store.ts'
import { kafkaOfRunning, roleDepsOf } from '../../roles/open-engine.ts'
import { startScreening } from '../../roles/start-screening.ts'
import { type DataDir, dataDirOption } from '../options.ts'
import { runRole } from '../run-role.ts'

/** `screen`: one more screening process. */
export const screen = (): Command =>
  new Command('screen')
    .description('run a screening process: films in, verdicts out')
    .addOption(dataDirOption())
    .action((options: DataDir) =>
      runRole('screen', options, async (process, onCrash) => {
        const deps = await roleDepsOf(process, await kafkaOfRunning(process), onCrash)
        const screening = await startScreening(deps, blobStoreOf(process))
        process.lifecycle.add('screening', screening.stop)
        expireFilms(process)
        process.logger.info('screening')
      }),
    )
