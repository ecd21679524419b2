import type { DeadLetter } from '../../../src/contracts/dead-letter.ts'
import type { ResultBatch, StoredReceipt } from '../../../src/contracts/ports.ts'
import type { AttributedVerdict } from '../../../src/contracts/verdict.ts'

type Versioned = { readonly attempt: number; readonly image: { readonly offset: string } }

/** The same as the column `version` of receipts and findings: the attempt, then the lower offset. */
const versionOf = ({ attempt, image }: Versioned): bigint =>
  (BigInt(attempt) << 48n) + (281_474_976_710_655n - BigInt(image.offset))

/** The same as the column `version` of verdicts. */
const verdictVersionOf = ({ attempt, image, outcome, screenedAt }: AttributedVerdict): bigint =>
  (BigInt(attempt) << 112n) +
  (outcome.kind === 'deadLettered' ? 0n : 1n << 96n) +
  ((281_474_976_710_655n - BigInt(image.offset)) << 48n) +
  BigInt(Date.parse(screenedAt))

/** A table in which a row replaces the one with its key, unless its version is lower. */
const createTable = <Row>(versionOf: (row: Row) => bigint) => {
  const rows = new Map<string, Row>()
  return {
    rows: (): ReadonlyMap<string, Row> => rows,
    insert: (key: string, row: Row): void => {
      const old = rows.get(key)
      if (old === undefined || versionOf(row) >= versionOf(old)) rows.set(key, row)
    },
  }
}

export type StoredFinding = Versioned & { readonly arrivalId: string; readonly eventId: string }

const pointerOf = ({ topic, partition, offset }: { topic: string; partition: number; offset: string }) =>
  `${topic}:${partition}:${offset}`

/** The tables of the results, with the keys and versions of the schema. */
export const createSimulatedStore = () => {
  // A receipt stands under its signature and its place: none replaces another.
  const receipts = createTable<StoredReceipt>(() => 0n)
  const verdicts = createTable<AttributedVerdict>(verdictVersionOf)
  const findings = createTable<StoredFinding>(versionOf)
  const unattributed = new Set<string>()
  const imageRecords = new Set<string>()
  const alarms = new Set<string>()
  const deadLetters = (): readonly DeadLetter[] =>
    [...verdicts.rows().values()].flatMap((verdict) => {
      if (verdict.outcome.kind !== 'deadLettered') return []
      const { code, detail, size, digest, headers } = verdict.outcome
      const first = { firstImage: verdict.firstImage, firstAppendedAt: verdict.appendedAt }
      return [{ ...verdict, ...first, code, detail, size, digest, headers }]
    })
  return {
    receipts: receipts.rows,
    verdicts: verdicts.rows,
    findings: findings.rows,
    unattributed: (): ReadonlySet<string> => unattributed,
    imageRecords: (): ReadonlySet<string> => imageRecords,
    alarms: (): ReadonlySet<string> => alarms,
    deadLetters,
    find: async (arrivalId: string) => deadLetters().filter((letter) => letter.arrivalId === arrivalId),
    /** The inserts of one batch in the order of the real store; each can fail by itself. */
    stagesOf: (batch: ResultBatch): readonly (() => void)[] => [
      () => {
        for (const row of batch.receipts) receipts.insert(`${row.eventId} ${row.arrivalId}`, row)
        for (const row of batch.verdicts)
          if (row.attributed && row.outcome.kind === 'finding')
            for (const { side } of row.outcome.hips)
              findings.insert(`${row.eventId} ${row.arrivalId} ${side}`, row)
        for (const { alarmId } of batch.alarms) alarms.add(alarmId)
      },
      () => {
        for (const row of batch.verdicts)
          if (row.attributed) verdicts.insert(`${row.eventId} ${row.arrivalId}`, row)
          else unattributed.add(pointerOf(row.image))
      },
      () => {
        for (const { image } of batch.verdicts) imageRecords.add(pointerOf(image))
      },
    ],
  }
}

export type SimulatedStore = ReturnType<typeof createSimulatedStore>
