import { Command } from 'commander'
import type { Gap } from '../../operations/accept-gap.ts'
import { createAcceptSequenceGap } from '../../operations/accept-sequence-gap.ts'
import { publishCommand } from '../../operations/publish-command.ts'
import { openLedgerReader } from '../../roles/measure-offsets.ts'
import { connectToRunning, openControlPublisher } from '../../roles/open-engine.ts'
import { openAcceptGap, readGaps } from '../../roles/operators/open-gaps.ts'
import { SetupError } from '../../runtime/errors.ts'
import { type DataDir, dataDirOption, type Json, jsonOption, wholeNumber } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { tableOf, writeLine } from '../write-output.ts'

/** A topic that was made anew ends below where its group stands. */
const isMadeAnew = ({ expected, end }: Gap): boolean => expected > end

const lostOf = (gap: Gap): string => (isMadeAnew(gap) ? 'made anew' : String(gap.first - gap.expected))

const rowOf = (gap: Gap): string[] => [
  gap.topic,
  String(gap.partition),
  gap.groupId,
  ...[gap.expected, gap.first, gap.end].map(String),
  lostOf(gap),
]

const plainOf = ({ expected, first, end, ...where }: Gap) => ({
  ...where,
  from: expected.toString(),
  to: first.toString(),
  end: end.toString(),
})

const list = new Command('list')
  .description('where a group stands still because the log no longer holds what comes next')
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((options: Json) =>
    runOnce('gaps', options, async (opened) => {
      const gaps = await readGaps(await connectToRunning(opened))
      const head = ['topic', 'partition', 'group', 'stands at', 'log begins', 'log ends', 'records gone']
      if (options.json === true) writeLine(JSON.stringify({ gaps: gaps.map(plainOf) }))
      else writeLine(gaps.length === 0 ? 'no gaps' : tableOf([head, ...gaps.map(rowOf)]))
    }),
  )

type AcceptOptions = Json & {
  readonly topic: string
  readonly partition: number
  readonly who: string
  readonly why: string
}

const noGap = ({ topic, partition }: AcceptOptions): SetupError =>
  new SetupError(
    'NOT_FOUND',
    `no group stands at a gap of ${topic}:${partition}`,
    'see `npm start -- gaps list`; a gap that was accepted is not listed',
  )

const madeAnew = (topic: string, detail: string): SetupError =>
  new SetupError(
    'TOPIC_CUT',
    `${topic} was made anew: ${detail}`,
    'restore the topic, or start on a fresh database and data folder; see docs/runbook/offset-out-of-range.md',
  )

const accept = new Command('accept')
  .description('book the records of a gap as dead letters RECORD_EXPIRED, and let the partition go on')
  .requiredOption('--topic <name>', 'the topic')
  .requiredOption('--partition <n>', 'the partition', wholeNumber(0))
  .requiredOption('--who <role>', 'who accepts it (kept in the audit trail)')
  .requiredOption('--why <reason>', 'why')
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((options: AcceptOptions) =>
    runOnce('gaps', options, async (opened) => {
      const connections = await connectToRunning(opened)
      const gap = (await readGaps(connections)).find(
        ({ topic, partition }) => topic === options.topic && partition === options.partition,
      )
      if (gap === undefined) throw noGap(options)
      const publisher = await connections.kafka.connectPublisher()
      opened.lifecycle.add('publisher', publisher.stop)
      const control = await openControlPublisher(opened, connections)
      const { who, why } = options
      const outcome = await openAcceptGap(connections, publisher, control)(gap, { who, why })
      if (outcome.kind !== 'ok') throw madeAnew(gap.topic, outcome.detail)
      const { booked, answered } = outcome.value
      if (options.json === true) writeLine(JSON.stringify({ ...plainOf(gap), booked, answered }))
      else
        writeLine(
          `${gap.topic}:${gap.partition} goes on at ${gap.first}: ${booked} records booked as RECORD_EXPIRED, ${answered} had their verdict`,
        )
    }),
  )

type NumbersOptions = DataDir & {
  readonly clinic: string
  readonly spool: string
  readonly from: number
  readonly to: number
  readonly who: string
  readonly why: string
}

const acceptNumbers = new Command('accept-numbers')
  .description(
    'films that a clinic acknowledged and that never came are lost: their numbers count as missing no more',
  )
  .requiredOption('--clinic <id>', 'the clinic')
  .requiredOption('--spool <id>', 'its spool, as `ledger` shows it')
  .requiredOption('--from <n>', 'the first number', wholeNumber(1))
  .requiredOption('--to <n>', 'the last number', wholeNumber(1))
  .requiredOption('--who <role>', 'who accepts it (kept in the audit trail)')
  .requiredOption('--why <reason>', 'why')
  .addOption(dataDirOption())
  .action((options: NumbersOptions) =>
    runOnce('gaps', options, async (opened) => {
      const connections = await connectToRunning(opened)
      const control = await openControlPublisher(opened, connections)
      const accept = createAcceptSequenceGap({
        ledger: openLedgerReader(connections),
        publishCommand: (command) => publishCommand(control, command),
        now: () => new Date(),
      })
      const { clinic: siteId, spool: spoolId, from, to, who, why } = options
      const outcome = await accept({ siteId, spoolId, from, to }, { who, why })
      if (outcome.kind !== 'ok')
        throw new SetupError('NOT_FOUND', outcome.detail, 'see the missing numbers in `npm start -- ledger`')
      writeLine(`${siteId}: ${outcome.value.accepted} numbers of spool ${spoolId} accepted as lost`)
    }),
  )

/** `gaps`: what is gone from Kafka before it was read, and how to go on. */
export const gaps = (): Command =>
  new Command('gaps')
    .description('records that are gone from Kafka before they were read, and films that never reached it')
    .addCommand(list)
    .addCommand(accept)
    .addCommand(acceptNumbers)
