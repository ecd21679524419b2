import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useSearchParams } from 'wouter'
import type {
  AlarmsAnswer,
  ChangesAnswer,
  DeadLettersAnswer,
  FilmAnswer,
  LedgerAnswer,
  ModelsAnswer,
  OverviewAnswer,
  PerformanceAnswer,
  PrevalenceAnswer,
  SessionAnswer,
} from '../../src/dashboard/server/answers.ts'

/** What the server says where it does not answer with what was asked. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number, detail: string) {
    super(detail)
    this.status = status
  }
}

const detailOf = async (response: Response): Promise<string> => {
  const body: unknown = await response.json().catch(() => undefined)
  return typeof body === 'object' && body !== null && 'detail' in body
    ? String(body.detail)
    : 'The server does not answer.'
}

/** Asks the API; what a build of this page and its server disagree on cannot be, they are one program. */
export const ask = async <Answer>(path: string, init?: RequestInit): Promise<Answer> => {
  const response = await fetch(`/api/v1${path}`, { ...init, credentials: 'same-origin' })
  if (!response.ok) throw new Refused(response.status, await detailOf(response))
  return response.json()
}

/** Signs in with the secret of a link. */
export const signIn = (ticket: string): Promise<SessionAnswer> =>
  ask('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-osteostream': '1' },
    body: JSON.stringify({ ticket }),
  })

/** Ends the session. */
export const signOut = async (): Promise<void> => {
  await fetch('/api/v1/session', { method: 'DELETE', headers: { 'x-osteostream': '1' } })
}

const useAnswer = <Answer>(path: string, everySeconds: number) =>
  useQuery<Answer, Error>({
    queryKey: [path],
    queryFn: () => ask<Answer>(path),
    refetchInterval: everySeconds * 1000,
    retry: (failures, error) =>
      !(error instanceof Refused && error.status >= 400 && error.status < 500) && failures < 3,
  })

export const useSession = () => useAnswer<SessionAnswer>('/session', 300)

/** The part of an address that chooses whose figures are shown; it travels from page to page. */
export const useDomainPart = (): string => {
  const [search] = useSearchParams()
  const domain = search.get('domain')
  return domain === null ? '' : `?domain=${encodeURIComponent(domain)}`
}

export const useOverview = () => useAnswer<OverviewAnswer>(`/overview${useDomainPart()}`, 15)
export const usePrevalence = () => useAnswer<PrevalenceAnswer>(`/prevalence${useDomainPart()}`, 15)
export const usePerformance = () => useAnswer<PerformanceAnswer>(`/performance${useDomainPart()}`, 60)
export const useChanges = () => useAnswer<ChangesAnswer>(`/changes${useDomainPart()}`, 30)
export const useLedger = () => useAnswer<LedgerAnswer>('/ledger', 5)
export const useAlarms = () => useAnswer<AlarmsAnswer>('/alarms', 10)
export const useDeadLetters = () => useAnswer<DeadLettersAnswer>('/dead-letters', 15)
export const useModels = () => useAnswer<ModelsAnswer>('/models', 60)
export const useFilm = (arrivalId: string) => useAnswer<FilmAnswer>(`/films/${arrivalId}`, 60)

/** How things stand, as the server tells it while the page is open. */
export type Live = {
  readonly received: number
  readonly read: number
  readonly inFlight: number
  readonly lost: number
  readonly balanced?: boolean
  readonly stale: boolean
  readonly alarms: number
}

/** Listens to the server; `isLive` is false as soon as the connection is gone, until it is back. */
export const useLive = (): { readonly state: Live | undefined; readonly isLive: boolean } => {
  const [state, setState] = useState<Live>()
  const [isLive, setIsLive] = useState(false)
  useEffect(() => {
    const source = new EventSource('/api/v1/live')
    source.addEventListener('state', (event) => setState(JSON.parse(event.data)))
    source.addEventListener('open', () => setIsLive(true))
    source.addEventListener('error', () => setIsLive(false))
    return () => source.close()
  }, [])
  return { state, isLive }
}
