import type { ModelAgreement } from '../../analytics/agreement/read-agreement.ts'
import type { Prevalence } from '../../analytics/prevalence/read-prevalence.ts'
import type { Ledger } from '../../contracts/ledger.ts'
import type { DomainFigures } from '../../contracts/prevalence-figures.ts'
import type { Report } from '../../contracts/report.ts'
import { onnxRuntimeVersion } from '../../inference/packages/onnx-version.ts'
import type { Services } from '../../roles/connect-services.ts'
import { agreementLines } from './show-agreement.ts'
import { ledgerLines } from './show-ledger.ts'
import { prevalenceLines } from './show-prevalence.ts'
import { reportLines } from './show-reports.ts'

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
  /** Of everybody, by month. */
  reports: readonly Report[]
  agreement: ModelAgreement | undefined
  services: Services | undefined
  provider: string
  failure: Error | undefined
  /** A link into the dashboard, where one was started. */
  signIn: string | undefined
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
    : `up: Kafka ${services.kafka.version} (${services.kafka.mode})  ClickHouse ${services.clickhouse.version} (${services.clickhouse.mode})  ONNX Runtime ${onnxRuntimeVersion} (${provider})`

/** Drawn people are for the dashboard: here stands what became of the films. */
const isOfFilms = ({ domain }: DomainFigures): boolean => domain !== 'history'

const linesOf = (state: DemoState): string[] => [
  servicesLine(state),
  ...(state.signIn === undefined
    ? []
    : [
        `dashboard (signs in once, within ten minutes; npm start -- sign-in-link makes others): ${state.signIn}`,
      ]),
  headline(state),
  '',
  ...(state.ledger === undefined ? [] : ledgerLines(state.ledger)),
  '',
  ...prevalenceLines(state.prevalence),
  '',
  ...(state.reports.length === 0 ? [] : [...reportLines(state.reports, isOfFilms), '']),
  ...(state.agreement === undefined ? [] : agreementLines(state.agreement)),
]

type Stream = { readonly isTTY?: boolean; readonly write: (text: string) => unknown }

/** The screen shows how the demo goes; what it came to goes out. */
export type DemoStreams = { readonly screen: Stream; readonly out: Stream }

const cleared = '\x1b[2J\x1b[H'

/**
 * Draws the demo in a terminal; elsewhere a line every ten seconds. The end goes out for whoever reads it, a file
 * too, and takes the place of the last drawing; with `json` an object goes out, and people read the end beside it.
 */
export const createDemoView = (
  json: boolean,
  { screen, out }: DemoStreams = { screen: process.stderr, out: process.stdout },
) => {
  let lastLineAt = Number.NEGATIVE_INFINITY
  return {
    show: (state: DemoState): void => {
      if (screen.isTTY === true) {
        screen.write(`${cleared}${linesOf(state).join('\n')}\n\nCtrl-C stops everything in order\n`)
        return
      }
      if (performance.now() - lastLineAt < 10_000) return
      lastLineAt = performance.now()
      screen.write(`${headline(state)}\n`)
    },
    end: (state: DemoState): void => {
      const end = `${linesOf(state).join('\n')}\n`
      if (screen.isTTY === true && (json || out.isTTY === true)) screen.write(cleared)
      const reader = json ? screen : out
      reader.write(end)
    },
  }
}
export type DemoView = ReturnType<typeof createDemoView>
