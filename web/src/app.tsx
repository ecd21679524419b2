import { Fragment, type ReactNode, useEffect, useState } from 'react'
import { Link, Redirect, Route, Switch, useLocation } from 'wouter'
import { asSentence } from '../../src/figures/figure-text.ts'
import { Refused, signIn, signOut, useDomainPart, useLive, useOverview, useSession } from './api.ts'
import { About, How } from './pages/about.tsx'
import { Alarm, Alarms } from './pages/alarms.tsx'
import { ChangePage } from './pages/change.tsx'
import { Clinic } from './pages/clinic.tsx'
import { Film, Films } from './pages/films.tsx'
import { Models } from './pages/models.tsx'
import { Overview } from './pages/overview.tsx'
import { Performance } from './pages/performance.tsx'
import { Regions } from './pages/regions.tsx'
import { instantText } from './parts.tsx'

type Place = { readonly path: string; readonly name: string; readonly roles: readonly string[] }

const places: readonly Place[] = [
  { path: '/', name: 'Overview', roles: ['authority', 'operator', 'model-owner'] },
  { path: '/regions', name: 'Regions', roles: ['authority'] },
  { path: '/change', name: 'Change', roles: ['authority', 'model-owner'] },
  { path: '/performance', name: 'Performance', roles: ['authority', 'model-owner'] },
  { path: '/clinic', name: 'My clinic', roles: ['clinic'] },
  { path: '/alarms', name: 'Alarms', roles: ['authority', 'operator', 'model-owner', 'clinic'] },
  { path: '/films', name: 'Films', roles: ['authority', 'operator'] },
  { path: '/models', name: 'Models', roles: ['authority', 'operator', 'model-owner'] },
]

const Message = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <main>
    <section className="card">
      <h1>{title}</h1>
      {children}
    </section>
  </main>
)

const SignIn = () => {
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    const ticket = location.hash.slice(1)
    // The secret leaves the address bar before anything else happens.
    history.replaceState(null, '', '/sign-in')
    if (ticket === '') return setProblem('This address needs the link from the terminal.')
    signIn(ticket).then(
      ({ roles }) => location.replace(roles.includes('clinic') ? '/clinic' : '/'),
      (error: unknown) => setProblem(error instanceof Error ? error.message : 'Signing in failed.'),
    )
  }, [])
  return (
    <Message title={problem === undefined ? 'Signing in' : 'Not signed in'}>
      <p>{problem ?? 'One moment.'}</p>
      {problem === undefined ? null : (
        <p>
          In the terminal: <code>npm start -- sign-in-link</code>
        </p>
      )}
    </Message>
  )
}

const Navigation = ({ roles, alarms }: { readonly roles: readonly string[]; readonly alarms: number }) => {
  const [path] = useLocation()
  const domain = useDomainPart()
  return (
    <nav aria-label="pages">
      {places
        .filter((place) => place.roles.some((role) => roles.includes(role)))
        .map((place) => {
          const isHere = place.path === '/' ? path === '/' : path.startsWith(place.path)
          return (
            <Link key={place.path} href={place.path + domain} aria-current={isHere ? 'page' : undefined}>
              {place.name}
              {place.path === '/alarms' && alarms > 0 ? <span className="count">{alarms}</span> : null}
            </Link>
          )
        })}
    </nav>
  )
}

const Pages = ({ isClinic }: { readonly isClinic: boolean }) => (
  <Switch>
    <Route path="/">{isClinic ? <Redirect to="/clinic" /> : <Overview />}</Route>
    <Route path="/regions" component={Regions} />
    <Route path="/change" component={ChangePage} />
    <Route path="/performance" component={Performance} />
    <Route path="/films" component={Films} />
    <Route path="/films/:arrivalId">{({ arrivalId }) => <Film arrivalId={arrivalId} />}</Route>
    <Route path="/alarms" component={Alarms} />
    <Route path="/alarms/:alarmId">{({ alarmId }) => <Alarm alarmId={alarmId} />}</Route>
    <Route path="/models" component={Models} />
    <Route path="/clinic" component={Clinic} />
    <Route path="/how" component={How} />
    <Route path="/about" component={About} />
    <Route>
      <p>There is no such page.</p>
    </Route>
  </Switch>
)

/** What domains are called where one is chosen. */
const domainNames: Readonly<Record<string, string>> = {
  real: 'people',
  synthetic: 'simulated films read here',
  history: 'history',
}

/** Stands above every page: whose figures these are, and which others there are. */
const WhatThisIs = () => {
  const [path] = useLocation()
  const overview = useOverview()
  const { domain, domains = [], label = '' } = overview.data ?? {}
  return (
    <aside className="banner" aria-label="what these figures are">
      <strong>{label === '' ? 'Research use' : asSentence(label)}.</strong> Research use; not a medical
      device. The shipped models learned from simulated films and were not checked against DXA.
      {domains.length < 2
        ? null
        : domains
            .filter((other) => other !== domain)
            .map((other) => (
              <Fragment key={other}>
                {' '}
                <Link href={`${path}?domain=${other}`}>show {domainNames[other] ?? other}</Link>
              </Fragment>
            ))}
    </aside>
  )
}

const leave = async (): Promise<void> => {
  await signOut()
  location.replace('/sign-in')
}

const SignedIn = ({ session }: { readonly session: NonNullable<ReturnType<typeof useSession>['data']> }) => {
  const { state, isLive } = useLive()
  const [updated, setUpdated] = useState(() => new Date())
  useEffect(() => setUpdated(new Date()), [state])
  const isFresh = isLive && state?.stale !== true
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header>
        <span className="brand">osteostream</span>
        <Navigation roles={session.roles} alarms={state?.alarms ?? 0} />
        <div className="who">
          <span>
            <span className={isFresh ? 'dot' : 'dot off'} />
            {isFresh ? 'films: live' : 'not live'}, page updated{' '}
            {instantText(updated.toISOString()).slice(-5)}
          </span>
          <span>
            {session.who} · {session.regions?.join(', ') ?? (session.clinics.join(', ') || 'all regions')}
          </span>
          <button type="button" onClick={() => void leave()}>
            Sign out
          </button>
        </div>
      </header>
      <WhatThisIs />
      <main id="main">
        <Pages isClinic={session.roles.every((role) => role === 'clinic')} />
      </main>
      <footer>
        osteostream {session.version} · <Link href="/how">How is this computed?</Link> ·{' '}
        <Link href="/about">About the data</Link> · <a href="/api/v1/openapi.json">API</a>
      </footer>
    </>
  )
}

/** The whole app: who is not signed in sees how to. */
export const App = () => {
  const [path] = useLocation()
  if (path === '/sign-in') return <SignIn />
  return <Inside />
}

const Inside = () => {
  const session = useSession()
  if (session.data !== undefined) return <SignedIn session={session.data} />
  if (session.error instanceof Refused && session.error.status === 401)
    return (
      <Message title="Sign in">
        <p>
          Who may read the engine's folder gets a link in the terminal; it lets one browser in, once, within
          ten minutes:
        </p>
        <p>
          <code>npm start -- sign-in-link</code>
        </p>
      </Message>
    )
  if (session.error !== null)
    return <Message title="The engine does not answer">{session.error.message}</Message>
  return null
}
