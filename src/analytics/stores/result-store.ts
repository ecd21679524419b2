import type { ResultBatch, ResultStore, StoredReceipt } from '../../contracts/ports.ts'
import type { AttributedVerdict, UnattributedVerdict, Verdict } from '../../contracts/verdict.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { receiptColumns } from './arrival-columns.ts'
import {
  type ErasedRows,
  type Erasures,
  erasedArrivalColumns,
  eraseStored,
  noteCorrections,
  readErasures,
  removeErased,
} from './erasures.ts'
import { findingColumns, readingsOf } from './finding-columns.ts'
import { canaryColumns, historyColumns, phantomColumns, reportColumns } from './monitor-columns.ts'
import {
  alarmColumns,
  announcementColumns,
  commandColumns,
  populationColumns,
  referenceTestColumns,
  siteColumns,
  withheldColumns,
} from './register-columns.ts'
import { noteTouched } from './touched-films.ts'
import { imageRecordColumns, unattributedColumns, verdictColumns } from './verdict-columns.ts'

const isAttributed = (verdict: Verdict): verdict is AttributedVerdict => verdict.attributed
const isUnattributed = (verdict: Verdict): verdict is UnattributedVerdict => !verdict.attributed

/** Runs requests at once and rejects only when none is under way any more, so that a retry never meets its own past. */
const together = async <const Requests extends readonly Promise<unknown>[]>(requests: Requests) => {
  await Promise.allSettled(requests)
  return Promise.all(requests)
}

/** Of two verdicts on one record: whether the other one counts, by the order that the column `version` states. */
const yieldsTo = (verdict: AttributedVerdict, other: AttributedVerdict): boolean => {
  const isAnswer = ({ outcome }: AttributedVerdict): boolean => outcome.kind !== 'deadLettered'
  if (isAnswer(verdict) !== isAnswer(other)) return isAnswer(other)
  return verdict.screenedAt <= other.screenedAt
}

/** Of several verdicts on one record the one that counts, so that no reading of the others is written. */
const currentOfEach = (verdicts: readonly AttributedVerdict[]): readonly AttributedVerdict[] => {
  if (new Set(verdicts.map(({ arrivalId }) => arrivalId)).size === verdicts.length) return verdicts
  const current = new Map<string, AttributedVerdict>()
  for (const verdict of verdicts) {
    const key = `${verdict.siteId} ${verdict.eventId} ${verdict.arrivalId} ${verdict.attempt} ${verdict.image.offset}`
    const known = current.get(key)
    if (known === undefined || yieldsTo(known, verdict)) current.set(key, verdict)
  }
  return [...current.values()]
}

/** A receipt is of the first attempt. */
const firstAttempt = (receipt: StoredReceipt) => ({ ...receipt, attempt: 1 })

/**
 * Writes the rows of people that are not erased, in an order that matters: site entries and readings stand before the
 * verdicts that count them, so no figure sees a film without its hips.
 */
const writeRows = async (client: ClickHouse, batch: ResultBatch, erasures: Erasures): Promise<void> => {
  const attributed = batch.verdicts.filter(isAttributed)
  const kept = currentOfEach(attributed.filter((verdict) => !erasures.hasArrival(verdict)))
  const erased = [...batch.receipts.map(firstAttempt), ...attributed].filter(erasures.hasArrival)
  const tests = batch.referenceTests.filter((test) => !erasures.hasPerson(test))
  await together([
    client.insert('sites', siteColumns, batch.sites),
    client.insert(
      'receipts',
      receiptColumns,
      batch.receipts.filter((receipt) => !erasures.hasArrival(receipt)),
    ),
    client.insert('findings', findingColumns, kept.flatMap(readingsOf)),
    client.insert('reference_tests', referenceTestColumns, tests),
    client.insert('erased_arrivals', erasedArrivalColumns, erased),
    client.insert('alarms', alarmColumns, batch.alarms),
    client.insert('commands', commandColumns, batch.commands),
    client.insert('withheld', withheldColumns, batch.withheld),
    client.insert('announcements', announcementColumns, batch.announcements),
    client.insert('phantom_readings', phantomColumns, batch.phantoms),
    client.insert('canary_readings', canaryColumns, batch.canaries),
    client.insert('history_readings', historyColumns, batch.history),
    client.insert('reports', reportColumns, batch.reports),
    client.insert('populations', populationColumns, batch.populations),
  ])
  await together([
    client.insert('verdicts', verdictColumns, kept),
    client.insert('unattributed', unattributedColumns, batch.verdicts.filter(isUnattributed)),
  ])
}

type Look = { readonly before: Erasures; readonly after: Erasures }

const arrivalsOf = (batch: ResultBatch) => [...batch.receipts, ...batch.verdicts.filter(isAttributed)]

/** Whether the batch says something of somebody, or of a delivery, that is erased. */
const namesErased = (batch: ResultBatch, erasures: Erasures): boolean =>
  batch.referenceTests.some(erasures.hasPerson) || arrivalsOf(batch).some(erasures.hasArrival)

/** Whether somebody of the batch was erased since the first look. */
const isErasedMeanwhile = (batch: ResultBatch, { before, after }: Look): boolean =>
  batch.referenceTests.some((test) => after.hasPerson(test) && !before.hasPerson(test)) ||
  arrivalsOf(batch).some((arrival) => after.hasArrival(arrival) && !before.hasArrival(arrival))

/** What an earlier try at this batch may have left of the erased. */
const leftovers = (batch: ResultBatch, erasures: Erasures): ErasedRows => ({
  events: arrivalsOf(batch)
    .filter(erasures.hasArrival)
    .map(({ eventId }) => eventId),
  tests: batch.referenceTests.some(erasures.hasPerson),
})

/**
 * Stores results in ClickHouse; `write` resolves when every row is acknowledged and no row of the erased is left.
 * 1. Corrections are stored, 2. rows are written, those of the erased as tombstones, 3. what says that a record was
 * answered, so that an answered record always has its verdict or its tombstone, and beside it the look for corrections,
 * 4. what stood there of the erased goes, 5. the monitor is told of which films something was said. Another process may store a correction between 1 and 3: it looks for rows after
 * it has stored it, and this one for corrections after it has stored its rows, so one of the two sees the other.
 *
 * Therefore the look before 2 may be an old one, that of the batch before: whoever was erased since is found at 3. It is
 * taken again where it would keep rows back, for it must not do so for a correction that a mended replay took away.
 */
export const createResultStore = ({ client }: { client: ClickHouse }): ResultStore => {
  let remembered: Erasures | undefined
  const lookBefore = (batch: ResultBatch): Promise<Erasures> | Erasures =>
    remembered === undefined || batch.corrections.length > 0 || namesErased(batch, remembered)
      ? readErasures(client)
      : remembered
  return {
    write: async (batch: ResultBatch) => {
      await noteCorrections(client, batch.corrections)
      const before = await lookBefore(batch)
      await writeRows(client, batch, before)
      const [after] = await together([
        readErasures(client),
        client.insert('image_records', imageRecordColumns, batch.verdicts),
      ])
      remembered = after
      if (batch.corrections.length > 0 || isErasedMeanwhile(batch, { before, after }))
        await eraseStored(client)
      else await removeErased(client, leftovers(batch, before))
      await noteTouched(client, batch)
    },
  }
}
