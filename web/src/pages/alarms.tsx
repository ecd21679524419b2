import { Fragment } from 'react'
import { Link } from 'wouter'
import type { AlarmsAnswer } from '../../../src/dashboard/server/answers.ts'
import { useAlarms } from '../api.ts'
import { instantText, Stale, Trouble, Waiting } from '../parts.tsx'

type Given = AlarmsAnswer['alarms'][number]

const stateText = ({ state, assignedTo, cause }: Given): string =>
  [
    state,
    ...(cause === undefined ? [] : [`cause: ${cause}`]),
    ...(assignedTo === undefined ? [] : [`with ${assignedTo}`]),
  ].join(', ')

const headingOf = (alarms: readonly Given[]): string => {
  if (alarms.length === 0) return 'No alarm was raised.'
  const toDo = alarms.filter(({ state }) => state !== 'closed').length
  if (toDo === 0) return `No alarm is open; ${alarms.length} ${alarms.length === 1 ? 'is' : 'are'} closed.`
  return `${toDo} ${toDo === 1 ? 'alarm is' : 'alarms are'} not closed, the latest first.`
}

/** Those that need somebody first. */
const inOrder = (alarms: readonly Given[]): readonly Given[] => [
  ...alarms.filter(({ state }) => state !== 'closed'),
  ...alarms.filter(({ state }) => state === 'closed'),
]

/** Alarms, open ones first, the latest first. */
export const Alarms = () => {
  const alarms = useAlarms()
  if (alarms.data === undefined) return alarms.error === null ? <Waiting /> : <Trouble error={alarms.error} />
  const { alarms: given, stale, asOf } = alarms.data
  return (
    <>
      <h1>{headingOf(given)}</h1>
      <p className="lead">
        Whether the people, the images or the model changed stands under <Link href="/change">Change</Link>.
        No alarm does not mean that nothing changed. Who takes an alarm over or closes it says so with{' '}
        <code>npm start -- alarms</code>.
      </p>
      <Stale stale={stale} asOf={asOf} />
      {inOrder(given).map((alarm) => (
        <article key={alarm.alarmId} className={`card item ${alarm.severity}`}>
          <h3>
            <Link href={`/alarms/${alarm.alarmId}`}>{alarm.title}</Link>
          </h3>
          <p>
            <span className={`chip ${alarm.severity}`}>{alarm.severity}</span>
            <span className="chip">{alarm.scope}</span>
            <span className="chip">raised {instantText(alarm.raisedAt)}</span>
            <span className="chip">{stateText(alarm)}</span>
          </p>
        </article>
      ))}
    </>
  )
}

const doneText: Readonly<Record<Given['steps'][number]['did'], string>> = {
  acknowledge: 'taken over',
  assign: 'given',
  note: 'noted',
  close: 'closed',
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
        {alarm.severity}, concerns {alarm.scope}, raised {instantText(alarm.raisedAt)}; {stateText(alarm)}.
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
      <section className="card" aria-label="What was done">
        <h2>What was done</h2>
        {alarm.steps.length === 0 ? (
          <p>Nothing yet.</p>
        ) : (
          <ol>
            {alarm.steps.map(({ did, who, why, at, to, cause }) => (
              <li key={`${at} ${did}`}>
                {instantText(at)}: {doneText[did]}
                {to === undefined ? '' : ` to ${to}`}
                {cause === undefined ? '' : `, cause: ${cause}`}, by {who}: {why}
              </li>
            ))}
          </ol>
        )}
      </section>
    </>
  )
}
