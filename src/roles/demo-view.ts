import type { ModelAgreement } from '../analytics/agreement/read-agreement.ts'
import type { Ledger } from '../analytics/ledger/sum-ledger.ts'
import type { Prevalence } from '../analytics/prevalence/read-prevalence.ts'
import type { Services } from './connect-services.ts'
import { agreementLines } from './show-agreement.ts'
import { ledgerLines } from './show-ledger.ts'
import { prevalenceLines } from './show-prevalence.ts'
import { writeError } from './write-output.ts'

/** What the demo knows while it runs. */
export type DemoState = {
  startedAt: number
  sent: number
  planned: number
  isSent: boolean
  isStopping: boolean
  backlog: { unscreened: number; unsunk: number }
  ledger: Ledger | undefined
  prevalence: readonly Prevalence[]
  agreement: ModelAgreement | undefined
  services: Services | undefined
  provider: string
  failure: Error | undefined
}

const screenedOf = ({ ledger }: DemoState): number =>
  ledger === undefined ? 0 : ledger.received - ledger.inFlight - ledger.lost

const headline = (state: DemoState): string => {
  const seconds = (performance.now() - state.startedAt) / 1000
  const rate = (state.sent / Math.max(seconds, 0.001)).toFixed(1)
  const { unscreened, unsunk } = state.backlog
  return `${state.sent}/${state.planned} sent  ${rate} films/s  screened ${screenedOf(state)}  backlog ${unscreened} films, ${unsunk} rows`
}

const servicesLine = ({ services, provider }: DemoState): string =>
  services === undefined
    ? 'starting'
    : `up: Kafka ${services.kafka.version} (${services.kafka.mode})  ClickHouse ${services.clickhouse.version} (${services.clickhouse.mode})  inference ${provider}`

const linesOf = (state: DemoState): string[] => [
  servicesLine(state),
  headline(state),
  '',
  ...(state.ledger === undefined ? [] : ledgerLines(state.ledger)),
  '',
  ...prevalenceLines(state.prevalence),
  '',
  ...(state.agreement === undefined ? [] : agreementLines(state.agreement)),
]

/** Draws the demo in a terminal; elsewhere a line every ten seconds. */
export const createDemoView = (json: boolean) => {
  const isTerminal = process.stderr.isTTY
  let lastLineAt = Number.NEGATIVE_INFINITY
  return {
    show: (state: DemoState): void => {
      if (isTerminal) {
        process.stderr.write(
          `\x1b[2J\x1b[H${linesOf(state).join('\n')}\n\nCtrl-C stops everything in order\n`,
        )
        return
      }
      if (performance.now() - lastLineAt < 10_000) return
      lastLineAt = performance.now()
      writeError(headline(state))
    },
    end: (state: DemoState): void => {
      if (!isTerminal || json) writeError(linesOf(state).join('\n'))
    },
  }
}
