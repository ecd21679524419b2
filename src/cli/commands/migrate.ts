import { Command } from 'commander'
import { migrate } from '../../analytics/schema/migrate.ts'
import { findServices } from '../../roles/connect-services.ts'
import { connect } from '../../roles/open-engine.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { writeLine } from '../write-output.ts'

/** `migrate`: brings the schema of ClickHouse up to date. */
export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('bring the ClickHouse schema up to date')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Json) =>
      runOnce('migrate', options, async (process) => {
        const { clickhouse } = await connect(process, await findServices(process.settings))
        const applied = await migrate(clickhouse)
        if (options.json === true) writeLine(JSON.stringify({ applied }))
        else writeLine(applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`)
      }),
    )
