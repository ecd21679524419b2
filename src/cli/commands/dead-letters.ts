import { Command } from 'commander'
import { createDeadLetterReader } from '../../analytics/stores/dead-letter-reader.ts'
import type { DeadLetter } from '../../contracts/dead-letter.ts'
import { publishCommand } from '../../operations/publish-command.ts'
import { createRequeue } from '../../operations/requeue.ts'
import { loadEngineKey } from '../../roles/engine-key.ts'
import { blobStoreOf } from '../../roles/film-store.ts'
import { connectToRunning, openControlPublisher } from '../../roles/open-engine.ts'
import type { Process } from '../../roles/open-process.ts'
import { SetupError } from '../../runtime/errors.ts'
import { createReadRecord } from '../../runtime/kafka/read-records.ts'
import { dataDirOption, type Json, jsonOption, wholeNumber } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { tableOf, writeLine } from '../write-output.ts'

const notThere = (arrivalId: string): SetupError =>
  new SetupError(
    'NOT_FOUND',
    `no current dead letter has the arrival id ${arrivalId}`,
    'see `npm start -- dead-letters list`',
  )

const rowOf = (letter: DeadLetter): string[] => [
  letter.arrivalId,
  letter.siteId,
  letter.code,
  String(letter.attempt),
  letter.screenedAt.slice(0, 19),
  letter.detail.slice(0, 60),
]

const list = new Command('list')
  .description('current dead letters, the newest first')
  .option('--limit <n>', 'at most this many', wholeNumber(1), 50)
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((options: Json & { limit: number }) =>
    runOnce('dead-letters', options, async (process) => {
      const { clickhouse } = await connectToRunning(process)
      const letters = await createDeadLetterReader({ client: clickhouse }).list(options.limit)
      if (options.json === true) writeLine(JSON.stringify({ deadLetters: letters }))
      else if (letters.length === 0) writeLine('no dead letters')
      else
        writeLine(
          tableOf([['arrival', 'clinic', 'code', 'attempt', 'screened at', 'detail'], ...letters.map(rowOf)]),
        )
    }),
  )

const show = new Command('show')
  .description('one dead letter: where it stands in Kafka, its digest and its headers, never its payload')
  .argument('<arrival>', 'arrival id')
  .addOption(dataDirOption())
  .action((arrivalId: string, options: Json) =>
    runOnce('dead-letters', options, async (process) => {
      const { clickhouse } = await connectToRunning(process)
      const letters = await createDeadLetterReader({ client: clickhouse }).find(arrivalId)
      if (letters.length === 0) throw notThere(arrivalId)
      for (const letter of letters) writeLine(JSON.stringify(letter, null, 2))
    }),
  )

const openRequeue = async (process: Process) => {
  const connections = await connectToRunning(process)
  const { kafka, admin, clickhouse } = connections
  const publisher = await kafka.connectPublisher()
  process.lifecycle.add('publisher', publisher.stop)
  const control = await openControlPublisher(process, connections)
  return createRequeue({
    deadLetters: createDeadLetterReader({ client: clickhouse }),
    readRecord: createReadRecord({ consume: kafka.consume, admin }),
    blobs: blobStoreOf(process),
    publisher,
    engineKey: await loadEngineKey(process.settings),
    publishCommand: (command) => publishCommand(control, command),
    now: () => new Date(),
  })
}

const requeue = new Command('requeue')
  .description('send dead letters through screening again: same arrival, one attempt more')
  .argument(
    '<arrival...>',
    'arrival ids, or the places (topic:partition:offset) of records that were not believed',
  )
  .option('--clinic <id>', 'whose arrival, where two clinics use the same id')
  .requiredOption('--who <role>', 'who asks for it (kept in the audit trail)')
  .requiredOption('--why <reason>', 'why')
  .addOption(dataDirOption())
  .action((arrivalIds: string[], options: Json & { who: string; why: string; clinic?: string }) =>
    runOnce('dead-letters', options, async (opened) => {
      const send = await openRequeue(opened)
      for (const arrivalId of arrivalIds) {
        const outcome = await send(
          { arrivalId, siteId: options.clinic },
          { who: options.who, why: options.why },
        )
        if (outcome.kind === 'ok') writeLine(`${arrivalId}: requeued as attempt ${outcome.value.attempt}`)
        else {
          writeLine(`${arrivalId}: ${outcome.kind === 'failed' ? outcome.code : ''} ${outcome.detail}`)
          process.exitCode = 1
        }
      }
    }),
  )

/** `dead-letters`: what could not be processed, and how to try it again. */
export const deadLetters = (): Command =>
  new Command('dead-letters')
    .description('records that could not be processed')
    .addCommand(list)
    .addCommand(show)
    .addCommand(requeue)
