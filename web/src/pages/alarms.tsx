import { Fragment } from 'react'
import { Link } from 'wouter'
import { useAlarms } from '../api.ts'
import { instantText, Stale, Trouble, Waiting } from '../parts.tsx'

/** Alarms, the latest first. */
export const Alarms = () => {
  const alarms = useAlarms()
  if (alarms.data === undefined) return alarms.error === null ? <Waiting /> : <Trouble error={alarms.error} />
  const { alarms: given, stale, asOf } = alarms.data
  return (
    <>
      <h1>{given.length === 0 ? 'No alarm was raised.' : `${given.length} alarms, the latest first.`}</h1>
      <p className="lead">
        Whether the people, the images or the model changed is the monitor's to say; it has not reported yet.
        No alarm does not mean that nothing changed.
      </p>
      <Stale stale={stale} asOf={asOf} />
      {given.map((alarm) => (
        <article key={alarm.alarmId} className={`card item ${alarm.severity}`}>
          <h3>
            <Link href={`/alarms/${alarm.alarmId}`}>{alarm.title}</Link>
          </h3>
          <p>
            <span className={`chip ${alarm.severity}`}>{alarm.severity}</span>
            <span className="chip">{alarm.scope}</span>
            <span className="chip">raised {instantText(alarm.raisedAt)}</span>
          </p>
        </article>
      ))}
    </>
  )
}

/** One alarm with its evidence and the page that says what to do. */
export const Alarm = ({ alarmId }: { readonly alarmId: string }) => {
  const alarms = useAlarms()
  if (alarms.data === undefined) return alarms.error === null ? <Waiting /> : <Trouble error={alarms.error} />
  const alarm = alarms.data.alarms.find((candidate) => candidate.alarmId === alarmId)
  if (alarm === undefined) return <p>No alarm within what you may see has this id.</p>
  return (
    <>
      <p>
        <Link href="/alarms">Alarms</Link> › {alarm.kind}
      </p>
      <h1>{alarm.title}</h1>
      <p className="lead">
        {alarm.severity}, concerns {alarm.scope}, raised {instantText(alarm.raisedAt)}.
      </p>
      <section className="card" aria-label="Evidence">
        <h2>Evidence</h2>
        <dl>
          {Object.entries(alarm.evidence).map(([name, value]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{String(value)}</dd>
            </Fragment>
          ))}
        </dl>
        <p className="note">
          What to do: <code>{alarm.runbook}</code>
        </p>
      </section>
    </>
  )
}
