import type { Alarm } from '../contracts/alarm.ts'
import type { Correction } from '../contracts/correction.ts'
import type { ResultBatch } from '../contracts/ports.ts'
import type { Receipt } from '../contracts/receipt.ts'
import type { ReferenceTest } from '../contracts/reference-test.ts'
import type { Site } from '../contracts/site.ts'
import type { Verdict } from '../contracts/verdict.ts'

/** One record of a topic that the sink follows. */
export type ReadResult =
  | { readonly kind: 'receipt'; readonly data: Receipt }
  | { readonly kind: 'verdict'; readonly data: Verdict }
  | { readonly kind: 'referenceTest'; readonly data: ReferenceTest }
  | { readonly kind: 'correction'; readonly data: Correction }
  | { readonly kind: 'alarm'; readonly data: Alarm }
  | { readonly kind: 'site'; readonly data: Site }
  | { readonly kind: 'nothing' }

/** Sorts results by table. */
export const createResultCollector = () => {
  const batch = {
    receipts: [] as Receipt[],
    verdicts: [] as Verdict[],
    referenceTests: [] as ReferenceTest[],
    corrections: [] as Correction[],
    alarms: [] as Alarm[],
    sites: [] as Site[],
  } satisfies ResultBatch
  const add = (result: ReadResult): void => {
    switch (result.kind) {
      case 'receipt':
        batch.receipts.push(result.data)
        break
      case 'verdict':
        batch.verdicts.push(result.data)
        break
      case 'referenceTest':
        batch.referenceTests.push(result.data)
        break
      case 'correction':
        batch.corrections.push(result.data)
        break
      case 'alarm':
        batch.alarms.push(result.data)
        break
      case 'site':
        batch.sites.push(result.data)
        break
      case 'nothing':
        break
    }
  }
  return { batch, add }
}
