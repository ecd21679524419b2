import { unattributedSite } from '../contracts/identifiers.ts'
import type { DeadLetterCode } from '../contracts/reasons.ts'
import type { Verdict } from '../contracts/verdict.ts'

/** What a verdict says of this deployment: a film that a sender has spoilt says nothing. */
export type Said = 'works' | 'fails' | 'nothing'

/**
 * The codes that speak of this deployment. A model that fails does so by itself; what a decoder or the engine breaks at may
 * be the doing of one sender, and counts where the films of several senders meet it.
 */
const deploymentCodes: Partial<Record<DeadLetterCode, 'any sender' | 'several senders'>> = {
  MODEL_OUTPUT_NOT_FINITE: 'any sender',
  INFERENCE_TIMEOUT: 'any sender',
  INFERENCE_CRASHED: 'any sender',
  DECODE_TIMEOUT: 'several senders',
  DECODE_CRASHED: 'several senders',
  ENGINE_FAULT: 'several senders',
}

/** Until so many films have gone well, a few failures suffice: a restart must not spend half a window each time. */
const proven = 20
const failuresBeforeProven = 10

type Noted = { readonly said: Said; readonly sender: string; readonly what: string; readonly needs: string }

/** The latest verdicts of one process that speak of its deployment. */
export type DeploymentWindow = {
  /** Notes a verdict and answers what it says; `mustStop` afterwards. */
  readonly note: (verdict: Verdict) => Said
  /** Whether more than half of the latest verdicts fail. */
  readonly mustStop: () => boolean
  /** Whether enough films have gone well since the window was cleared. */
  readonly isProven: () => boolean
  readonly clear: () => void
  /** What failed, by code and package, and whose films: for people. */
  readonly tally: () => Readonly<Record<string, string | number>>
}

/** Whose film it is, as the record says. */
export const senderOf = (verdict: Verdict): string => (verdict.attributed ? verdict.siteId : unattributedSite)

/** What a verdict says of the deployment. */
export const saidOf = ({ outcome }: Verdict): Said => {
  if (outcome.kind === 'finding') return 'works'
  if (outcome.kind === 'rejected') return outcome.pixelHash === undefined ? 'nothing' : 'works'
  return deploymentCodes[outcome.code] === undefined ? 'nothing' : 'fails'
}

/** The code, and the package that the detail begins with. */
const whatOf = ({ outcome }: Verdict): string => {
  if (outcome.kind !== 'deadLettered') return outcome.kind
  const named = /^([a-z0-9-]+ \d[\w.-]*)(?::|$)/.exec(outcome.detail)
  return named === null ? outcome.code : `${outcome.code} ${named[1]}`
}

const needsOf = ({ outcome }: Verdict): string =>
  (outcome.kind === 'deadLettered' ? deploymentCodes[outcome.code] : undefined) ?? ''

const countsBy = (names: readonly string[]): string => {
  const counts = [...Map.groupBy(names, (name) => name)].map(([name, those]) => [name, those.length] as const)
  const top = counts.toSorted(([, a], [, b]) => b - a).slice(0, 5)
  return top.map(([name, count]) => `${name}: ${count}`).join(', ')
}

/** Creates a window over the last `size` verdicts that say something. */
export const createDeploymentWindow = (size = 100): DeploymentWindow => {
  let recent: Noted[] = []
  let worked = 0
  const counted = (): readonly Noted[] => {
    const failures = recent.filter(({ said }) => said === 'fails')
    const shared = failures.filter(({ needs }) => needs === 'several senders')
    const isShared = new Set(shared.map(({ sender }) => sender)).size > 1
    return isShared ? failures : failures.filter(({ needs }) => needs === 'any sender')
  }
  return {
    note: (verdict) => {
      const said = saidOf(verdict)
      if (said === 'nothing') return said
      if (said === 'works') worked += 1
      recent.push({ said, sender: senderOf(verdict), what: whatOf(verdict), needs: needsOf(verdict) })
      if (recent.length > size) recent.shift()
      return said
    },
    mustStop: () => {
      const failed = counted().length
      if (worked >= proven) return failed > size / 2
      return failed > failuresBeforeProven && failed > worked
    },
    isProven: () => worked >= proven,
    clear: () => {
      recent = []
      worked = 0
    },
    tally: () => {
      const failures = counted()
      return {
        failed: failures.length,
        of: recent.length,
        codes: countsBy(failures.map(({ what }) => what)),
        senders: countsBy(failures.map(({ sender }) => sender)),
      }
    },
  }
}
