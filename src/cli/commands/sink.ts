import { Command } from 'commander'
import { awaitRunning, roleDepsOf } from '../../roles/open-engine.ts'
import { startSink } from '../../roles/start-sink.ts'
import { type DataDir, dataDirOption } from '../options.ts'
import { runRole } from '../run-role.ts'

/** `sink`: one more process that writes results to ClickHouse. */
export const sink = (): Command =>
  new Command('sink')
    .description('run a sink process: results into ClickHouse')
    .addOption(dataDirOption())
    .action((options: DataDir) =>
      runRole('sink', options, async (process, onCrash) => {
        const { kafka, clickhouse } = await awaitRunning(process)
        const sinking = await startSink(await roleDepsOf(process, kafka, onCrash), clickhouse)
        process.lifecycle.add('sink', sinking.stop)
        process.logger.info('sinking')
      }),
    )
