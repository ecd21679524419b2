import { Command } from 'commander'
import { runDashboard } from '../../roles/run-dashboard.ts'
import { demoSite, startEngine } from '../../roles/start-engine.ts'
import { startGateway } from '../../roles/start-gateway.ts'
import { type DataDir, dataDirOption } from '../options.ts'
import { runRole } from '../run-role.ts'
import { describeGateway } from '../show/describe-gateway.ts'
import { writeError } from '../write-output.ts'

/** `up`: the whole engine on this machine, without simulated clinics. */
export const up = (): Command =>
  new Command('up')
    .description(
      'start the engine: embedded Kafka and ClickHouse unless the settings name real ones, screening, sink, clinic gateway',
    )
    .addOption(dataDirOption())
    .action((options: DataDir) =>
      runRole('up', options, async (process, onCrash) => {
        const connections = await startEngine(process, { onProgress: writeError, onCrash })
        const { services } = connections
        writeError(
          `Kafka ${services.kafka.version} at ${services.kafka.brokers.join(',')} (${services.kafka.mode})`,
        )
        writeError(
          `ClickHouse ${services.clickhouse.version} at ${services.clickhouse.url} (${services.clickhouse.mode})`,
        )
        if (process.settings.dashboard) {
          const dashboard = await runDashboard(process, connections, onCrash)
          writeError(`dashboard at ${dashboard.address}; npm start -- sign-in-link lets you in`)
        }
        if (process.settings.gateway) {
          const gateway = await startGateway(process, connections, { demoSiteId: demoSite.siteId, onCrash })
          for (const line of describeGateway(gateway)) writeError(line)
        }
        writeError('ready; Ctrl-C stops. Try: npm start -- ingest PATH --clinic demo')
      }),
    )
