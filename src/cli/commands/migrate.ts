import { Command } from 'commander'
import { migrate } from '../../analytics/schema/migrate.ts'
import { findServices } from '../../roles/connect-services.ts'
import { connect, roleDepsOf } from '../../roles/open-engine.ts'
import { prepareTopics } from '../../roles/prepare-engine.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { writeLine } from '../write-output.ts'

/** `migrate`: brings the schema of ClickHouse up to date. */
export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('bring the ClickHouse schema up to date')
    .option(
      '--with-topics',
      'also make the topics that are missing, and activate the packages that are shipped where none ever was',
    )
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Json & { readonly withTopics?: true }) =>
      runOnce('migrate', options, async (process) => {
        const { clickhouse, kafka, admin } = await connect(process, await findServices(process.settings))
        const applied = await migrate(clickhouse)
        if (options.withTopics === true) {
          const crashed = Promise.withResolvers<never>()
          const deps = await roleDepsOf(process, kafka, crashed.reject)
          await Promise.race([prepareTopics(deps, admin), crashed.promise])
        }
        if (options.json === true) writeLine(JSON.stringify({ applied }))
        else writeLine(applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`)
      }),
    )
