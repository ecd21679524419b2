import { daysView, ledgerView } from '../../../src/figures/views/figure-view.ts'
import { useLedger } from '../api.ts'
import { Figure, instantText, Stale, Trouble, Waiting } from '../parts.tsx'
import { Numbers, Reasons } from './films.tsx'

/** What a clinic sees: its own films, and what to do about those that were not read. */
export const Clinic = () => {
  const ledger = useLedger()
  if (ledger.data === undefined) return ledger.error === null ? <Waiting /> : <Trouble error={ledger.error} />
  const given = ledger.data
  const { received, findings, inFlight, lost } = given.total
  return (
    <>
      <h1>
        {received} films arrived, {findings} were read, {inFlight} are on their way, {lost} were lost.
      </h1>
      <p className="lead">
        Only yours: {given.scope}. As of {instantText(given.asOf)}. Not read is neither a result nor a
        finding, and does not mean low risk: report the film as usual, and do not repeat the exposure for us.
      </p>
      <Stale stale={given.stale} asOf={given.asOf} />
      <div className="grid">
        <Figure view={ledgerView(given.total, given.scope)} size="s7" />
        <Figure view={daysView(given.days)} size="s5" />
        <Reasons ledger={given} />
        <Numbers ledger={given} />
      </div>
    </>
  )
}
