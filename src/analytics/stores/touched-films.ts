import { hash } from 'node:crypto'
import type { ResultBatch } from '../../contracts/ports.ts'
import type { ClickHouse, Columns } from '../../runtime/clickhouse.ts'

type Film = { readonly siteId: string; readonly eventId: string }

const columns: Columns<Film> = { site_id: (film) => film.siteId, event_id: (film) => film.eventId }

/** The id under which a drawn person of a history adds to the figures; `historyEventSql` says the same. */
const historyEventId = (historyId: string): string => hash('sha256', historyId)

const filmsOf = (batch: ResultBatch): readonly Film[] => {
  const films: readonly Film[] = [
    ...batch.verdicts.flatMap((verdict) => (verdict.attributed ? [verdict] : [])),
    ...batch.history.map(({ siteId, historyId }) => ({ siteId, eventId: historyEventId(historyId) })),
  ]
  return [...new Map(films.map((film) => [`${film.siteId} ${film.eventId}`, film])).values()]
}

/**
 * Notes about which films a batch has said something; after its rows, so that whoever is told finds them. A correction may
 * concern any film of its clinic: a person's keys change in chains.
 */
export const noteTouched = async (client: ClickHouse, batch: ResultBatch): Promise<void> => {
  await client.insert('touched_films', columns, filmsOf(batch))
  const sites = [...new Set(batch.corrections.map(({ siteId }) => siteId))]
  if (sites.length === 0) return
  const ofSites = 'site_id IN {sites:Array(String)}'
  await client.command(
    `INSERT INTO touched_films (site_id, event_id)
     SELECT site_id, event_id FROM verdicts WHERE ${ofSites} GROUP BY site_id, event_id
     UNION DISTINCT SELECT site_id, event_id FROM erased_arrivals WHERE ${ofSites} GROUP BY site_id, event_id`,
    { sites },
  )
}
