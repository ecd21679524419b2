import { z } from 'zod'
import { type Correction, correctionSchema } from '../../contracts/correction.ts'
import type { Arrival } from '../../contracts/signed-film.ts'
import type { AttributedVerdict } from '../../contracts/verdict.ts'
import { type ClickHouse, type Columns, countSchema } from '../../runtime/clickhouse.ts'
import { isErased } from '../ledger/booking-sql.ts'
import { imageColumns, storedInstant } from './arrival-columns.ts'
import { type CurrentKeys, peopleOfSite } from './people-of-site.ts'
import { correctionColumns } from './register-columns.ts'

type Whose = { readonly siteId: string; readonly subjectKey: string }

/** Who and what is erased, as far as the corrections that are stored say. */
export type Erasures = {
  readonly hasPerson: (whose: Whose) => boolean
  readonly hasArrival: (arrival: Pick<Arrival, 'siteId' | 'subjectKey' | 'eventId' | 'arrivalId'>) => boolean
}

/** Columns of `erased_arrivals`. */
export const erasedArrivalColumns: Columns<
  Pick<
    AttributedVerdict,
    'eventId' | 'arrivalId' | 'siteId' | 'receivedAt' | 'spoolId' | 'sequence' | 'attempt' | 'image'
  >
> = {
  site_id: (arrival) => arrival.siteId,
  event_id: (arrival) => arrival.eventId,
  arrival_id: (arrival) => arrival.arrivalId,
  received_at: (arrival) => storedInstant(arrival.receivedAt),
  spool_id: (arrival) => arrival.spoolId,
  sequence: (arrival) => String(arrival.sequence),
  attempt: (arrival) => arrival.attempt,
  ...imageColumns,
}

/** Columns of `erased_people`. */
export const erasedPersonColumns: Columns<Whose> = {
  site_id: (person) => person.siteId,
  subject_key: (person) => person.subjectKey,
}

/** Columns of `relinked_people`. */
export const relinkedPersonColumns: Columns<Whose & CurrentKeys & { readonly version: number }> = {
  ...erasedPersonColumns,
  person_key: (person) => person.personKey,
  link_key: (person) => person.linkKey ?? '',
  version: (person) => person.version,
}

const storedCorrectionSchema = z
  .object({
    kind: z.string(),
    correctionId: z.string(),
    siteId: z.string(),
    who: z.string(),
    why: z.string(),
    at: z.string(),
    subjectKey: z.string(),
    eventId: z.string(),
    arrivalId: z.string().nullable(),
    newSubjectKey: z.string(),
    newLinkKey: z.string(),
    spoolId: z.string(),
    sequence: countSchema,
  })
  .transform(({ newLinkKey, spoolId, sequence, ...row }) =>
    correctionSchema.parse({
      ...row,
      ...(newLinkKey === '' ? {} : { newLinkKey }),
      ...(sequence === 0 ? {} : { spoolId, sequence }),
    }),
  )

/** Every correction of a site, as it was published. */
export const readCorrections = (client: ClickHouse, siteId: string): Promise<readonly Correction[]> =>
  client.query(
    `SELECT kind, toString(correction_id) AS correctionId, site_id AS siteId, who, why, at, subject_key AS subjectKey,
      event_id AS eventId, arrival_id AS arrivalId, new_subject_key AS newSubjectKey, new_link_key AS newLinkKey,
      toString(spool_id) AS spoolId, sequence
     FROM corrections FINAL WHERE site_id = {siteId:String} ORDER BY at, correction_id`,
    { siteId },
    storedCorrectionSchema,
  )

const sitesOf = (corrections: readonly Correction[]): readonly string[] => [
  ...new Set(corrections.map(({ siteId }) => siteId)),
]

/**
 * Stores corrections: first what all corrections of their sites now mean, then the corrections themselves, so that
 * one whose row can be read is in every figure.
 */
export const noteCorrections = async (
  client: ClickHouse,
  corrections: readonly Correction[],
): Promise<void> => {
  for (const siteId of sitesOf(corrections)) {
    const known = [...(await readCorrections(client, siteId)), ...corrections]
    const all = new Map(
      known.filter((each) => each.siteId === siteId).map((each) => [each.correctionId, each]),
    )
    const { erased, relinked } = peopleOfSite([...all.values()])
    const version = [...all.values()].filter(({ kind }) => kind === 'relink').length
    const relinkedRows = [...relinked].map(([subjectKey, keys]) => ({ siteId, subjectKey, ...keys, version }))
    const erasedRows = [...erased].map((subjectKey) => ({ siteId, subjectKey }))
    await client.insert('relinked_people', relinkedPersonColumns, relinkedRows)
    await client.insert('erased_people', erasedPersonColumns, erasedRows)
  }
  await client.insert('corrections', correctionColumns, corrections)
}

const erasureSchema = z.object({ siteId: z.string(), person: z.string(), arrival: z.string() })

type Keys = ReadonlyMap<string, ReadonlySet<string>>

const bySite = (rows: readonly { siteId: string; key: string }[]): Keys =>
  new Map(
    [...Map.groupBy(rows, ({ siteId }) => siteId)].map(([siteId, own]) => [
      siteId,
      new Set(own.map(({ key }) => key)),
    ]),
  )

/** Reads who and what is erased by now. */
export const readErasures = async (client: ClickHouse): Promise<Erasures> => {
  const rows = await client.query(
    `SELECT site_id AS siteId, toString(subject_key) AS person, '' AS arrival FROM erased_people
     UNION ALL
     SELECT site_id, '', concat(event_id, ' ', toString(arrival_id)) FROM corrections WHERE kind = 'retract'`,
    {},
    erasureSchema,
  )
  const people = bySite(rows.map(({ siteId, person }) => ({ siteId, key: person })))
  const arrivals = bySite(rows.map(({ siteId, arrival }) => ({ siteId, key: arrival })))
  const hasPerson: Erasures['hasPerson'] = ({ siteId, subjectKey }) =>
    people.get(siteId)?.has(subjectKey) === true
  return {
    hasPerson,
    hasArrival: (arrival) =>
      hasPerson(arrival) ||
      arrivals.get(arrival.siteId)?.has(`${arrival.eventId} ${arrival.arrivalId}`) === true,
  }
}

const arrivalKey = 'site_id, event_id, arrival_id'
const erasedRow = `(${arrivalKey}) IN (SELECT ${arrivalKey} FROM erased_arrivals)`
const inBatch = 'event_id IN {events:Array(String)}'
const foundSchema = z.object({ rows: countSchema })

/** Takes rows out of the figures at once; the disk follows when ClickHouse has rewritten their part. */
const deleteRows = async (
  client: ClickHouse,
  table: string,
  condition: string,
  params: { events?: readonly string[] },
): Promise<void> => {
  const [found] = await client.query(
    `SELECT count() AS rows FROM ${table} WHERE ${condition}`,
    params,
    foundSchema,
  )
  if (found === undefined || found.rows === 0) return
  await client.command(`DELETE FROM ${table} WHERE ${condition}`, params)
  await client.command(`ALTER TABLE ${table} APPLY DELETED MASK SETTINGS mutations_sync = 0`)
}

/** What may be left in the tables of people and films that are erased. */
export type ErasedRows = {
  readonly events: readonly string[]
  /** Whether reference tests may be left. */
  readonly tests: boolean
}

/** Event ids that one request names at most: they travel in its address. */
const eventsPerRequest = 1000

/** Tables of arrivals; receipts go last, because they lead to the others. */
const arrivalTables = ['findings', 'verdicts', 'receipts']

const deleteTests = (client: ClickHouse): Promise<void> =>
  deleteRows(
    client,
    'reference_tests',
    '(site_id, subject_key) IN (SELECT site_id, subject_key FROM erased_people)',
    {},
  )

/** Removes the rows that are left of erased arrivals of these films. */
export const removeErased = async (client: ClickHouse, { events, tests }: ErasedRows): Promise<void> => {
  for (let from = 0; from < events.length; from += eventsPerRequest)
    for (const table of arrivalTables)
      await deleteRows(client, table, `${inBatch} AND ${erasedRow}`, {
        events: events.slice(from, from + eventsPerRequest),
      })
  if (tests) await deleteTests(client)
}

/**
 * Erases what is stored of the people and arrivals that corrections name: 1. each arrival leaves its tombstone,
 * 2. its rows are deleted, readings first. Done again after a crash, it goes on from what is left.
 */
export const eraseStored = async (client: ClickHouse): Promise<void> => {
  const columns = Object.keys(erasedArrivalColumns).join(', ')
  // A receipt is of the first attempt.
  const ofReceipts = columns.replace('attempt', 'toUInt16(1) AS attempt')
  const stored = [
    `SELECT ${ofReceipts}, subject_key FROM receipts`,
    `SELECT ${columns}, subject_key FROM verdicts`,
  ]
  await client.command(
    `INSERT INTO erased_arrivals (${columns})
     SELECT ${columns} FROM (${stored.join(' UNION ALL ')}) AS a WHERE ${isErased('a')}`,
  )
  for (const table of arrivalTables) await deleteRows(client, table, erasedRow, {})
  await deleteTests(client)
}
