import type { Verdict } from '../contracts/verdict.ts'
import type { FilmInWork } from './decide-film.ts'
import type { RecordsInWork } from './records-in-work.ts'
import type { ScreeningLoopDeps } from './screening-loop.ts'

/** What a screening loop measures. */
export type FilmInstruments = { readonly screened: (verdict: Verdict) => void }

/** Creates the instruments of one lane. */
export const createFilmInstruments = (
  deps: Pick<ScreeningLoopDeps, 'telemetry' | 'budget' | 'lane'>,
  records: RecordsInWork<FilmInWork>,
): FilmInstruments => {
  const { meter } = deps.telemetry
  const { lane } = deps
  const screened = meter.createCounter('consumers_screened_films_total')
  meter
    .createObservableGauge('consumers_film_bytes_in_flight_bytes')
    .addCallback((result) => result.observe(deps.budget.held(), { lane }))
  meter
    .createObservableGauge('consumers_oldest_record_seconds')
    .addCallback((result) => result.observe(records.oldestMs() / 1000, { lane }))
  meter
    .createObservableGauge('consumers_stuck_records')
    .addCallback((result) => result.observe(records.stuck(), { lane }))
  const labelOf = ({ outcome }: Verdict): Record<string, string> => {
    const common = { lane, outcome: outcome.kind }
    if (outcome.kind === 'rejected') return { ...common, reason: outcome.reason }
    return outcome.kind === 'deadLettered' ? { ...common, code: outcome.code } : common
  }
  return { screened: (verdict) => screened.add(1, labelOf(verdict)) }
}
