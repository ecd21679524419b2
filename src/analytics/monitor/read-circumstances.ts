import { z } from 'zod'
import { announcedChanges } from '../../contracts/announcement.ts'
import type { AnnouncedChange, CircumstanceReader, DeviceCount } from '../../contracts/circumstances.ts'
import { figureDomains } from '../../contracts/prevalence-figures.ts'
import type { ReportWindow } from '../../contracts/report.ts'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'

const deviceSchema = z.object({
  windowStart: z.string(),
  siteId: z.string(),
  region: z.string(),
  domain: z.enum(figureDomains),
  maker: z.string(),
  detector: z.string(),
  softwareVersion: z.string(),
  films: countSchema,
})

const readDevices = async (
  client: ClickHouse,
  windows: readonly ReportWindow[],
): Promise<readonly DeviceCount[]> => {
  const [first] = windows
  if (first === undefined) return []
  const { kind } = first
  const starts = windows.filter((window) => window.kind === kind).map(({ start }) => start)
  return client.query(
    `SELECT toString(${kind}) AS windowStart, site_id AS siteId, region, domain, maker, detector,
       software_version AS softwareVersion, count() AS films
     FROM film_contributions FINAL WHERE counts AND ${kind} IN {starts:Array(Date32)}
     GROUP BY windowStart, siteId, region, domain, maker, detector, softwareVersion
     ORDER BY windowStart, siteId, region, domain, maker, detector, softwareVersion`,
    { starts },
    deviceSchema,
  )
}

const announcedSchema = z.object({
  siteId: z.string(),
  change: z.enum(announcedChanges),
  from: z.string(),
})

const readAnnouncements = (client: ClickHouse): Promise<readonly AnnouncedChange[]> =>
  client.query(
    `SELECT DISTINCT site_id AS siteId, change, toString(from_day) AS from FROM announcements FINAL
     ORDER BY siteId, from, change`,
    {},
    announcedSchema,
  )

/** Opens what the tables hold around the figures. */
export const openCircumstanceReader = (client: ClickHouse): CircumstanceReader => ({
  readDevices: (windows) => readDevices(client, windows),
  readAnnouncements: () => readAnnouncements(client),
})
