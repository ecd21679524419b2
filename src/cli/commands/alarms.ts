import { Command, Option } from 'commander'
import { openAlarmReader } from '../../analytics/pages/read-alarms.ts'
import { alarmCauses } from '../../contracts/command.ts'
import { type AlarmFollowUp, createFollowUpAlarm } from '../../operations/follow-up-alarm.ts'
import { publishCommand } from '../../operations/publish-command.ts'
import { connectToRunning, openControlPublisher } from '../../roles/open-engine.ts'
import { SetupError } from '../../runtime/errors.ts'
import { dataDirOption, type Json, jsonOption, wholeNumber } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { alarmDetailLines, alarmLines } from '../show/show-alarms.ts'
import { writeLine } from '../write-output.ts'

type ListOptions = Json & { readonly all?: boolean; readonly limit: number }

const isToDo = ({ state }: { readonly state: string }): boolean =>
  state === 'open' || state === 'acknowledged'

const list = new Command('list')
  .description('alarms that are open or acknowledged, the latest first')
  .option('--all', 'those that are closed or taken back too')
  .option('--limit <n>', 'how many alarms are looked at', wholeNumber(1), 500)
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((options: ListOptions) =>
    runOnce('alarms', options, async (process) => {
      const { clickhouse } = await connectToRunning(process)
      const known = await openAlarmReader(clickhouse).readAlarms(options.limit)
      const alarms = options.all === true ? known : known.filter(isToDo)
      if (options.json === true) writeLine(JSON.stringify({ alarms }))
      else for (const line of alarmLines(alarms)) writeLine(line)
    }),
  )

const see = 'see the ids with `npm start -- alarms list --all`'

const show = new Command('show')
  .description('one alarm: evidence, what to do, and what was done about it')
  .argument('<alarm>', 'its id')
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((alarmId: string, options: Json) =>
    runOnce('alarms', options, async (process) => {
      const { clickhouse } = await connectToRunning(process)
      const alarm = await openAlarmReader(clickhouse).readAlarm(alarmId)
      if (alarm === undefined) throw new SetupError('NOT_FOUND', `no alarm has the id ${alarmId}`, see)
      if (options.json === true) writeLine(JSON.stringify({ alarm }))
      else for (const line of alarmDetailLines(alarm)) writeLine(line)
    }),
  )

type StepOptions = Json & { readonly who: string; readonly why: string }

/** A command that does something about an alarm. */
const stepCommand = <Options extends StepOptions>(
  name: string,
  description: string,
  stepOf: (options: Options) => AlarmFollowUp,
): Command =>
  new Command(name)
    .description(description)
    .argument('<alarm>', 'its id')
    .requiredOption('--who <role>', 'who does it (kept in the audit trail)')
    .requiredOption('--why <reason>', 'why, or what is noted')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((alarmId: string, options: Options) =>
      runOnce('alarms', options, async (process) => {
        const connections = await connectToRunning(process)
        const control = await openControlPublisher(process, connections)
        const followUp = createFollowUpAlarm({
          alarms: openAlarmReader(connections.clickhouse),
          publishCommand: (command) => publishCommand(control, command),
          now: () => new Date(),
        })
        const { who, why } = options
        const outcome = await followUp(alarmId, stepOf(options), { who, why })
        if (outcome.kind !== 'ok') throw new SetupError('NOT_FOUND', outcome.detail, see)
        if (options.json === true) writeLine(JSON.stringify(outcome.value))
        else writeLine(`${alarmId}: ${outcome.value.state}`)
      }),
    )

/** `alarms`: what a person must look at, and what was done about it. */
export const alarms = (): Command =>
  new Command('alarms')
    .description('alarms: list and show them, take them over, close them with their cause')
    .addCommand(list)
    .addCommand(show)
    .addCommand(stepCommand('acknowledge', 'somebody looks at it', () => ({ kind: 'acknowledge' })))
    .addCommand(
      stepCommand('assign', 'give it to somebody', ({ to }: StepOptions & { readonly to: string }) => ({
        kind: 'assign',
        to,
      })).requiredOption('--to <role>', 'to whom'),
    )
    .addCommand(stepCommand('note', 'add what was found', () => ({ kind: 'note' })))
    .addCommand(
      stepCommand(
        'close',
        'close it with the cause that was found',
        ({ cause }: StepOptions & { readonly cause: (typeof alarmCauses)[number] }) => ({
          kind: 'close',
          cause,
        }),
      ).addOption(
        new Option('--cause <cause>', 'what was behind it').choices(alarmCauses).makeOptionMandatory(),
      ),
    )
