import { Link } from 'wouter'
import type { LedgerAnswer, OverviewAnswer } from '../../../src/dashboard/server/answers.ts'
import { countText, limitsText, monthText, shareText } from '../../../src/figures/kit/numbers.ts'
import { changesView } from '../../../src/figures/views/change-view.ts'
import { regionsView, trendView } from '../../../src/figures/views/figure-view.ts'
import {
  useChanges,
  useDomainPart,
  useLedger,
  useModels,
  useOverview,
  usePrevalence,
  useSession,
} from '../api.ts'
import { Card, Figure, instantText, NoAnswer, Stale, Trouble, Waiting } from '../parts.tsx'

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0)

const Osteoporosis = ({ given }: { readonly given: OverviewAnswer }) => {
  const { headline } = given
  if (headline === undefined)
    return (
      <Card title="Osteoporosis" size="s3">
        <NoAnswer title="no figure" detail="No month has enough people yet." />
      </Card>
    )
  const { share, corrected } = headline
  const month = `${monthText(headline.month, true)}${headline.provisional ? ', provisional' : ''}`
  const raw =
    share.kind === 'answer'
      ? `raw ${shareText(share.estimate)} of ${countText(headline.people ?? 0)} people with a vote`
      : share.detail
  return (
    <Card title={`Osteoporosis, ${month}`} size="s3" links={<Link href="/how">how?</Link>}>
      {corrected.kind === 'answer' ? (
        <p className="big figure-colour">
          {shareText(corrected.estimate)} <small>{limitsText(corrected.low, corrected.high)}</small>
        </p>
      ) : (
        <NoAnswer title="no corrected figure" detail={corrected.detail} />
      )}
      <p className="note">
        {corrected.kind === 'answer' ? 'corrected; ' : ''}
        {raw}
        {headline.unread === undefined ? '' : `; ${countText(headline.unread)} more filmed and not readable`}.
        {corrected.kind === 'answer'
          ? ` ${corrected.limitedBy.replace(/^./, (first) => first.toUpperCase())}.`
          : ''}
      </p>
    </Card>
  )
}

const Missed = ({ given }: { readonly given: OverviewAnswer }) => {
  const flagged = given.headline?.osteoporosis
  const missed = given.headline?.missed
  return (
    <Card title="Referred and missed" size="s3">
      {flagged === undefined ? (
        <NoAnswer title="no figure" detail="Too few people to be shown." />
      ) : (
        <p className="big">
          {countText(flagged)} <small>called osteoporosis</small>
        </p>
      )}
      {missed?.kind === 'answer' ? (
        <p className="note">
          About {countText(missed.flagged.estimate)} of them have it;{' '}
          <strong>about {countText(missed.missed.estimate)} others with osteoporosis are not called</strong> (
          {countText(missed.missed.low)} to {countText(missed.missed.high)}).
        </p>
      ) : (
        <p className="note">
          <strong>Missed: unknown.</strong> {missed?.detail ?? 'No month has enough people yet.'}
        </p>
      )}
    </Card>
  )
}

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
        No alarm is open. That is no proof that nothing changed: see Change for what was tested.
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
  const domain = useDomainPart()
  if (prevalence.data === undefined) return null
  const { months } = prevalence.data
  const last = months.findLast(({ provisional }) => !provisional) ?? months.at(-1)
  return (
    <Figure view={regionsView(last)} address={`/api/v1/figures/regions/figure.FORMAT${domain}`} size="s8" />
  )
}

const Trend = () => {
  const prevalence = usePrevalence()
  const domain = useDomainPart()
  if (prevalence.data === undefined) return null
  const { months } = prevalence.data
  const [only] = months[0]?.all === undefined ? (months[0]?.regions ?? []) : []
  return (
    <Figure
      view={trendView(months, only?.region)}
      address={`/api/v1/figures/trend/figure.FORMAT${domain}`}
      size="s8"
    />
  )
}

const WhatChanged = () => {
  const given = useChanges()
  const changes = given.data?.changes ?? []
  const latest = changes.filter((change) => change.month === changes[0]?.month)
  if (latest.length > 0) return <Figure view={changesView(latest)} size="s4" />
  return (
    <Card title="People, imaging or model?" size="s4" links={<Link href="/change">Change</Link>}>
      <NoAnswer
        title="not tested"
        detail="The monitor has not judged these months. Until it does, a difference between months or regions may come from the people, the imaging or the model: do not report it as a change."
      />
    </Card>
  )
}

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
