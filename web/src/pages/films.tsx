import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { LedgerAnswer } from '../../../src/dashboard/server/answers.ts'
import { daysView, ledgerView } from '../../../src/figures/views/figure-view.ts'
import { useDeadLetters, useFilm, useLedger, useSession } from '../api.ts'
import { Card, Figure, instantText, Stale, Table, Trouble, Waiting } from '../parts.tsx'

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0)

/** What was not read, with what a clinic is told of it. */
export const Reasons = ({ ledger }: { readonly ledger: LedgerAnswer }) => {
  const rows = [...Object.entries(ledger.total.rejected), ...Object.entries(ledger.total.deadLettered)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, count]) => [reason, count, ledger.advice[reason] ?? ''])
  return (
    <Card title="Not read, by reason">
      <Table
        columns={['reason', 'films', 'what the clinic is told']}
        rows={rows}
        label="Not read, by reason"
      />
    </Card>
  )
}

const ByClinic = ({ ledger }: { readonly ledger: LedgerAnswer }) => (
  <Card title="By clinic, by name">
    <Table
      label="By clinic"
      columns={[
        'clinic',
        'region',
        'received',
        'read',
        'refused',
        'sent again',
        'not opened',
        'on their way',
        'lost',
      ]}
      rows={ledger.clinics.map((clinic) => [
        clinic.name,
        clinic.region,
        clinic.received,
        clinic.findings,
        sum(clinic.rejected),
        clinic.duplicates + clinic.conflicts + clinic.superseded,
        sum(clinic.deadLettered),
        clinic.inFlight,
        clinic.lost,
      ])}
    />
  </Card>
)

/** Numbers that a clinic acknowledged: what is missing among them. */
export const Numbers = ({ ledger }: { readonly ledger: LedgerAnswer }) => (
  <Card title="Numbers without a gap" size="s6">
    <Table
      label="Numbers of each clinic"
      columns={['clinic', 'highest number', 'missing', 'kept back']}
      rows={ledger.spools.map(({ siteId, highest, missing, withheld }) => [
        siteId,
        highest,
        missing,
        withheld,
      ])}
    />
    <p className="note">
      A missing number is a film that a clinic acknowledged and that never came. One may be on its way.
    </p>
  </Card>
)

const Letters = () => {
  const letters = useDeadLetters()
  if (letters.data === undefined) return null
  return (
    <Card title="Could not be opened, the latest first">
      <Table
        label="Dead letters"
        columns={['arrival', 'clinic', 'screened', 'code', 'attempt', 'detail']}
        rows={letters.data.deadLetters.slice(0, 25).map((letter) => [
          letter.attributed ? (
            <Link key={letter.arrivalId} href={`/films/${letter.arrivalId}`}>
              {letter.arrivalId.slice(0, 13)}…
            </Link>
          ) : (
            letter.place
          ),
          letter.siteId,
          instantText(letter.screenedAt),
          letter.code,
          String(letter.attempt),
          letter.detail,
        ])}
      />
      <p className="note">
        An operator can send one through again:{' '}
        <code>npm start -- dead-letters requeue ARRIVAL --who ROLE --why REASON</code>
      </p>
    </Card>
  )
}

const Search = () => {
  const [, go] = useLocation()
  const [text, setText] = useState('')
  return (
    <Card title="The way of one film" size="s6">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim() !== '') go(`/films/${encodeURIComponent(text.trim())}`)
        }}
      >
        <p>
          <label htmlFor="arrival">Arrival id</label>
        </p>
        <input id="arrival" type="text" value={text} onChange={(event) => setText(event.target.value)} />
        <button type="submit" className="act">
          Show
        </button>
      </form>
      <p className="note">
        The clinic was given it when it sent the film. No accession number is known here.
      </p>
    </Card>
  )
}

/** Films and the ledger. */
export const Films = () => {
  const session = useSession()
  const ledger = useLedger()
  if (ledger.data === undefined) return ledger.error === null ? <Waiting /> : <Trouble error={ledger.error} />
  const given = ledger.data
  const isOperator = session.data?.roles.includes('operator') === true
  return (
    <>
      <h1>
        {given.balanced === true
          ? 'The ledger balances: each film has one outcome, none is lost or counted twice.'
          : `The ledger does not balance: ${given.total.lost} lost, ${given.doubled ?? 0} counted twice.`}
      </h1>
      <p className="lead">
        As of {instantText(given.asOf)}. Counts of films, not of people; they may be live.
      </p>
      <Stale stale={given.stale} asOf={given.asOf} />
      <div className="grid">
        <Figure
          view={ledgerView(given.total, given.scope)}
          address="/api/v1/figures/ledger/figure.FORMAT"
          size="s7"
        />
        <Figure view={daysView(given.days)} size="s5" />
        <ByClinic ledger={given} />
        <Reasons ledger={given} />
        <Numbers ledger={given} />
        {isOperator ? <Search /> : null}
        {isOperator ? <Letters /> : null}
      </div>
    </>
  )
}

/** The way of one film: times, place, digest; never a person, never a class. */
export const Film = ({ arrivalId }: { readonly arrivalId: string }) => {
  const film = useFilm(arrivalId)
  if (film.data === undefined) return film.error === null ? <Waiting /> : <Trouble error={film.error} />
  return (
    <>
      <p>
        <Link href="/films">Films</Link> › one film
      </p>
      <h1>The way of one film</h1>
      {film.data.films.map((found) => (
        <section key={found.siteId} className="card">
          <h2>{found.siteId}</h2>
          <dl>
            <dt>outcome</dt>
            <dd>
              {found.outcome}
              {found.reason === '' ? '' : `: ${found.reason}`}
            </dd>
            {found.advice === '' ? null : (
              <>
                <dt>what to do</dt>
                <dd>{found.advice}</dd>
              </>
            )}
            <dt>safe at the clinic</dt>
            <dd>{instantText(found.receivedAt)}</dd>
            <dt>sent</dt>
            <dd>{instantText(found.sentAt)}</dd>
            <dt>in Kafka</dt>
            <dd>
              {instantText(found.appendedAt)}, <code>{found.place}</code>
            </dd>
            <dt>screened</dt>
            <dd>
              {instantText(found.screenedAt)}, attempt {found.attempt}
              {found.finder === '' ? '' : `, finder ${found.finder}`}
            </dd>
            <dt>digest</dt>
            <dd>
              <code>{found.contentSha256}</code>
            </dd>
          </dl>
        </section>
      ))}
    </>
  )
}
