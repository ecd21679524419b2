import { randomUUID } from 'node:crypto'
import type { Command } from '../contracts/command.ts'
import type { LedgerReader, NumberRange } from '../contracts/ledger.ts'
import { failed, type Outcome, ok } from '../runtime/outcome.ts'

export type AcceptSequenceGapDeps = {
  readonly ledger: LedgerReader
  /** Stores the command in the audit trail, from which the ledger reads what was accepted. */
  readonly publishCommand: (command: Command) => Promise<void>
  readonly now: () => Date
}

/** Numbers of a spool that will never come, by name. */
export type SequenceGap = NumberRange & { readonly siteId: string; readonly spoolId: string }

/** Accepts that films which a clinic has acknowledged are lost: their numbers count as missing no more. */
export type AcceptSequenceGap = (
  gap: SequenceGap,
  audit: { who: string; why: string },
) => Promise<Outcome<{ readonly accepted: number }, never, 'NUMBERS_NOT_MISSING'>>

/** Creates the acceptance; numbers that are not missing, or not yet known to be, are refused. */
export const createAcceptSequenceGap =
  (deps: AcceptSequenceGapDeps): AcceptSequenceGap =>
  async ({ siteId, spoolId, from, to }, audit) => {
    const { spools } = await deps.ledger.read({ scope: { siteId } })
    const spool = spools.find((known) => known.siteId === siteId && known.spoolId === spoolId)
    const isMissing = spool?.ranges.some((range) => range.from <= from && to <= range.to) === true
    if (!isMissing || from > to)
      return failed(
        'NUMBERS_NOT_MISSING',
        `numbers ${from} to ${to} of this spool are not missing as a whole`,
      )
    const at = deps.now().toISOString()
    const command = { commandId: randomUUID(), kind: 'acceptSequenceGap', siteId, spoolId, from, to } as const
    await deps.publishCommand({ ...command, ...audit, at })
    return ok({ accepted: to - from + 1 })
  }
