import type { Verdict } from '../contracts/verdict.ts'
import { senderOf } from './deployment-window.ts'

/** What one sender's latest records came to. */
type Sender = { recent: (string | undefined)[]; quietUntilMs: number; failedSince: number; sinceMs: number }

const windowSize = 100
const quietMs = 3_600_000
/** Senders that are remembered; anybody can write any name into a record. */
const mostSenders = 1000

/** Why people should talk to a sender. */
export type SenderFails = {
  readonly sender: string
  readonly evidence: Readonly<Record<string, string | number>>
}

/**
 * Watches what becomes of each sender's records. Answers when more than half of a sender's last hundred became dead
 * letters, once an hour: nothing stops, only that sender has something to mend.
 */
export const createSenderWatch = (
  uptimeMs: () => number,
): ((verdict: Verdict) => SenderFails | undefined) => {
  const senders = new Map<string, Sender>()
  const known = (name: string): Sender => {
    const found = senders.get(name) ?? { recent: [], quietUntilMs: 0, failedSince: 0, sinceMs: uptimeMs() }
    // The one that was silent longest goes first.
    senders.delete(name)
    senders.set(name, found)
    const [oldest] = senders.keys()
    if (senders.size > mostSenders && oldest !== undefined) senders.delete(oldest)
    return found
  }
  return (verdict) => {
    const name = senderOf(verdict)
    const sender = known(name)
    const code = verdict.outcome.kind === 'deadLettered' ? verdict.outcome.code : undefined
    sender.recent.push(code)
    if (sender.recent.length > windowSize) sender.recent.shift()
    if (code !== undefined) sender.failedSince += 1
    const codes = sender.recent.filter((entry) => entry !== undefined)
    const now = uptimeMs()
    if (codes.length <= windowSize / 2 || now < sender.quietUntilMs) return undefined
    const minutes = Math.max(now - sender.sinceMs, 1000) / 60_000
    const evidence = {
      failed: codes.length,
      of: sender.recent.length,
      perMinute: Math.round(sender.failedSince / minutes),
      codes: [...new Set(codes)].slice(0, 5).join(', '),
    }
    sender.quietUntilMs = now + quietMs
    sender.failedSince = 0
    sender.sinceMs = now
    return { sender: name, evidence }
  }
}
