import { Command } from 'commander'
import { openControlPublisher, openKafkaOfRunning } from '../../roles/open-engine.ts'
import { openSetAside } from '../../roles/operators/open-set-aside.ts'
import { SetupError } from '../../runtime/errors.ts'
import { dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { writeLine } from '../write-output.ts'

type SetAsideOptions = Json & { readonly who: string; readonly why: string }

const setAside = new Command('set-aside')
  .description('let screening pass a record that it cannot finish: its verdict becomes SET_ASIDE')
  .argument('<place>', 'topic:partition:offset, as the alarm says it')
  .requiredOption('--who <role>', 'who asks for it (kept in the audit trail)')
  .requiredOption('--why <reason>', 'why')
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((place: string, options: SetAsideOptions) =>
    runOnce('records', options, async (opened) => {
      const connections = await openKafkaOfRunning(opened)
      const publisher = await openControlPublisher(opened, connections)
      const { who, why } = options
      const outcome = await openSetAside(connections, publisher)(place, { who, why })
      if (outcome.kind !== 'ok')
        throw new SetupError('NOT_FOUND', outcome.detail, 'see docs/runbook/stuck-record.md')
      const { passed } = outcome.value
      if (options.json === true) writeLine(JSON.stringify(outcome.value))
      else if (passed) writeLine(`${place}: set aside, its partition goes on`)
      else writeLine(`${place}: will be set aside by the next screening process that meets it`)
    }),
  )

/** `records`: single records of the films topics. */
export const records = (): Command =>
  new Command('records').description('records that screening cannot finish').addCommand(setAside)
