import { Link } from 'wouter'
import type { LedgerAnswer, OverviewAnswer } from '../../../src/dashboard/server/answers.ts'
import { countText, limitsText, monthText, shareText } from '../../../src/figures/kit/numbers.ts'
import { regionsView, trendView } from '../../../src/figures/views/figure-view.ts'
import { useLedger, useModels, useOverview, usePrevalence, useSession } from '../api.ts'
import { Card, Figure, instantText, NoAnswer, Stale, Trouble, Waiting } from '../parts.tsx'

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0)

const Osteoporosis = ({ given }: { readonly given: OverviewAnswer }) => {
  const { headline } = given
  const share = headline?.share
  return (
    <Card title="Osteoporosis, raw" size="s3" links={<Link href="/how">how?</Link>}>
      {share?.kind === 'answer' ? (
        <p className="big figure-colour">
          {shareText(share.estimate)} <small>{limitsText(share.low, share.high)}</small>
        </p>
      ) : (
        <NoAnswer title="no figure" detail={share?.detail ?? 'no month has enough people yet'} />
      )}
      {headline === undefined ? null : (
        <p className="note">
          {monthText(headline.month, true)}
          {headline.provisional ? ', provisional' : ''}
          {headline.people === undefined ? '' : `: ${countText(headline.people)} people with a vote`}
          {headline.unread === undefined ? '' : `, ${countText(headline.unread)} filmed and not readable`}.{' '}
          <strong>{given.corrected.detail}</strong>.
        </p>
      )}
    </Card>
  )
}

const Missed = ({ given }: { readonly given: OverviewAnswer }) => (
  <Card title="Called osteoporosis, and missed" size="s3">
    {given.headline?.osteoporosis === undefined ? (
      <NoAnswer title="no figure" detail="Too few people to be shown." />
    ) : (
      <p className="big">
        {countText(given.headline.osteoporosis)} <small>people called osteoporosis</small>
      </p>
    )}
    <p className="note">
      <strong>Missed: unknown.</strong> {given.missed.detail}.
    </p>
  </Card>
)

const Model = () => {
  const models = useModels()
  const primary = models.data?.roles.find(({ role }) => role === 'primary')
  return (
    <Card title="The model" size="s3" links={<Link href="/models">models</Link>}>
      <p className="big none">not yet checked against DXA</p>
      <p className="note">
        {primary === undefined ? 'No model is primary.' : `${primary.name} ${primary.version} reads.`} What it
        measured on simulated films says nothing about real hips.
      </p>
    </Card>
  )
}

const FilmsCard = ({ ledger }: { readonly ledger: LedgerAnswer | undefined }) => {
  if (ledger === undefined)
    return (
      <Card title="Films" size="s3">
        <div className="skeleton" />
      </Card>
    )
  const { total, balanced } = ledger
  const notRead = sum(total.rejected)
  return (
    <Card title="Films" size="s3" links={<Link href="/films">ledger</Link>}>
      <p className="big">
        {countText(total.received)} <small>received in all</small>
      </p>
      <p className="note">
        <span className={balanced === true ? 'dot' : 'dot off'} />
        <strong>
          {balanced === true
            ? 'balanced: each film has one outcome, none lost'
            : `not balanced: ${total.lost} lost`}
        </strong>
        . {countText(total.findings)} read, {countText(notRead)} refused with a reason,{' '}
        {countText(total.inFlight)} on their way.
      </p>
    </Card>
  )
}

const Attention = ({ given }: { readonly given: OverviewAnswer }) => (
  <Card title="Needs attention" size="s4" links={<Link href="/alarms">all alarms</Link>}>
    {given.attention.length === 0 ? (
      <p className="note">
        No alarm is open. Nobody has yet looked whether the images or the people changed: the monitor has not
        reported.
      </p>
    ) : (
      given.attention.map((item) => (
        <article key={`${item.title} ${item.at ?? ''}`} className={`item ${item.severity}`}>
          <h3>{item.title}</h3>
          <p>{item.text}</p>
          <span className={`chip ${item.severity}`}>{item.severity}</span>
          {item.at === undefined ? null : <span className="chip">since {instantText(item.at)}</span>}
          <Link href={item.link} aria-label={`evidence: ${item.title}`}>
            evidence
          </Link>
        </article>
      ))
    )}
  </Card>
)

const Figures = () => {
  const prevalence = usePrevalence()
  if (prevalence.data === undefined) return null
  const { months } = prevalence.data
  const last = months.findLast(({ provisional }) => !provisional) ?? months.at(-1)
  return <Figure view={regionsView(last)} address="/api/v1/figures/regions/figure.FORMAT" size="s8" />
}

const Trend = () => {
  const prevalence = usePrevalence()
  if (prevalence.data === undefined) return null
  const { months } = prevalence.data
  const [only] = months[0]?.all === undefined ? (months[0]?.regions ?? []) : []
  return (
    <Figure view={trendView(months, only?.region)} address="/api/v1/figures/trend/figure.FORMAT" size="s8" />
  )
}

const WhatChanged = () => (
  <Card title="People, imaging or model?" size="s4" links={<Link href="/change">Change</Link>}>
    <NoAnswer
      title="not tested"
      detail="The monitor has not reported on these films. Until it does, a difference between months or regions may come from the people, the imaging or the model: do not report it as a change."
    />
  </Card>
)

/** The first page: one sentence, the figures, what needs somebody, and what they rest on. */
export const Overview = () => {
  const session = useSession()
  const overview = useOverview()
  const ledger = useLedger()
  if (overview.data === undefined)
    return overview.error === null ? <Waiting /> : <Trouble error={overview.error} />
  const given = overview.data
  const seesFigures = session.data?.roles.includes('authority') === true
  return (
    <>
      <h1>{given.sentence}</h1>
      <p className="lead">
        {given.caption}{' '}
        {given.dataUntil === undefined
          ? ''
          : `Data up to and including ${given.dataUntil}; page updated ${instantText(given.asOf)}.`}
      </p>
      <Stale stale={given.stale} asOf={given.asOf} />
      <div className="grid">
        {seesFigures ? <Osteoporosis given={given} /> : null}
        {seesFigures ? <Missed given={given} /> : null}
        <Model />
        <FilmsCard ledger={ledger.data} />
        {seesFigures ? <Trend /> : null}
        <Attention given={given} />
        {seesFigures ? <Figures /> : null}
        {seesFigures ? <WhatChanged /> : null}
      </div>
    </>
  )
}
