import type { Ledger, LedgerCounts, LedgerFaultKind, SpoolNumbers } from '../../contracts/ledger.ts'
import { tableOf } from '../write-output.ts'

/** The ledger without its hours: what `--json` prints. */
export const summaryOf = ({ byClinicHour: _hours, ...summary }: Ledger) => summary

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

const reasonsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ')

const hourRow = ({ siteId, hour, ...counts }: { siteId: string; hour: string } & LedgerCounts): string[] => [
  siteId,
  hour.slice(0, 13),
  ...[counts.received, counts.findings, sumOf(counts.rejected), sumOf(counts.deadLettered)].map(String),
  ...[counts.duplicates, counts.conflicts, counts.superseded, counts.erased].map(String),
  ...[counts.inFlight, counts.lost].map(String),
]

const faultWords: Readonly<Record<LedgerFaultKind, string>> = {
  misplaced: 'answers for records that the log never had',
  unbacked: 'verdicts that no record backs',
  contradicted: 'verdicts that say other things than the clinic signed',
  unverifiedReceipts: 'receipts that the clinic has not signed, not counted',
  sharedIds: 'arrivals under an id that another clinic used before',
}

const missingLine = ({ siteId, spoolId, missing, highest, ranges }: SpoolNumbers): string => {
  const first = ranges.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(', ')
  return `${siteId}: ${missing} of ${highest} numbers of spool ${spoolId} never came: ${first} (acknowledged at the clinic)`
}

/** The ledger for a person. */
export const ledgerLines = (ledger: Ledger, byHour = false): string[] => {
  const rows = [
    ['received', String(ledger.received), ''],
    ['  findings', String(ledger.findings), ''],
    ['  rejected', String(sumOf(ledger.rejected)), reasonsOf(ledger.rejected)],
    ['  dead-lettered', String(sumOf(ledger.deadLettered)), reasonsOf(ledger.deadLettered)],
    ['  duplicates', String(ledger.duplicates), ''],
    ['  conflicts', String(ledger.conflicts), ''],
    ...(ledger.superseded === 0 ? [] : [['  superseded', String(ledger.superseded), '']]),
    ...(ledger.erased === 0 ? [] : [['  erased', String(ledger.erased), '']]),
    ['  in flight', String(ledger.inFlight), ''],
    ['  lost', String(ledger.lost), ''],
  ]
  const hours = (ledger.byClinicHour ?? []).map(hourRow)
  const head = [
    'clinic',
    'hour (UTC)',
    'received',
    'findings',
    'rejected',
    'dead',
    'duplicates',
    'conflicts',
    'superseded',
    'erased',
    'in flight',
    'lost',
  ]
  return [
    tableOf(rows),
    ledger.balanced
      ? 'balanced: nothing lost, nothing counted twice'
      : `NOT BALANCED: ${ledger.lost} lost, ${ledger.doubled} doubled, ${ledger.unansweredRecords} records without an answer`,
    ...(ledger.drawnPeople === 0
      ? []
      : [`history: ${ledger.drawnPeople} drawn people of a demonstration, in no count above`]),
    ...ledger.faults.map(({ kind, siteId, count }) => `${siteId}: ${count} ${faultWords[kind]}`),
    ...ledger.spools.filter(({ missing }) => missing > 0).map(missingLine),
    ...(byHour ? ['', tableOf([head, ...hours])] : []),
  ]
}
