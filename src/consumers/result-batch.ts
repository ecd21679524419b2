import type { ResultBatch } from '../contracts/ports.ts'

/** The lists that a batch is made of. */
export type ResultKind = keyof ResultBatch

/** One record of a topic that the sink follows: what it says, and to which list it belongs. */
export type ReadResult =
  | { [Kind in ResultKind]: { readonly kind: Kind; readonly data: ResultBatch[Kind][number] } }[ResultKind]
  | { readonly kind: 'nothing' }

type Lists = { readonly [Kind in ResultKind]: ResultBatch[Kind][number][] }

/** Sorts results by table. */
export const createResultCollector = () => {
  const batch: Lists = {
    receipts: [],
    verdicts: [],
    referenceTests: [],
    corrections: [],
    alarms: [],
    sites: [],
    commands: [],
    withheld: [],
    announcements: [],
    phantoms: [],
    canaries: [],
    history: [],
    reports: [],
    populations: [],
  }
  const put = <Kind extends ResultKind>(kind: Kind, data: Lists[Kind][number]): void => {
    const list: Lists[Kind][number][] = batch[kind]
    list.push(data)
  }
  const add = (result: ReadResult): void => {
    if (result.kind !== 'nothing') put(result.kind, result.data)
  }
  return { batch: batch satisfies ResultBatch, add }
}
