import { z } from 'zod'
import { bookings } from '../../contracts/ledger.ts'
import { type SignedFilm, signedFilmSchema, signedText } from '../../contracts/signed-film.ts'
import { keysAt, type Site, siteSchema } from '../../contracts/site.ts'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'
import { createSignatureCheck } from '../../runtime/signatures.ts'

/** A receipt of which it must be known whether the clinic has signed it. */
const doubtfulSchema = z.object({
  siteId: z.string(),
  eventId: z.string(),
  arrivalId: z.string(),
  receivedAt: z.string(),
  sentAt: z.string(),
  spoolId: z.string(),
  sequence: countSchema,
  subjectKey: z.string(),
  subjectFrom: z.string(),
  linkKey: z.string(),
  contentType: z.string(),
  contentSize: countSchema,
  contentSha256: z.string(),
  attributesSha256: z.string(),
  gateRefusal: z.string(),
  lane: z.string(),
  keyId: z.string(),
  signature: z.string(),
  toldAt: z.string(),
  hour: z.string(),
  booking: z.enum([...bookings, 'contradicted']),
})
export type DoubtfulReceipt = z.infer<typeof doubtfulSchema>

/** An arrival that is in doubt: how it would be booked, and whether one of its receipts is the clinic's. */
export type DoubtfulArrival = Pick<DoubtfulReceipt, 'siteId' | 'hour' | 'booking'> & {
  readonly isVerified: boolean
}

const filmOf = ({ linkKey, gateRefusal, ...receipt }: DoubtfulReceipt): SignedFilm | undefined =>
  signedFilmSchema.safeParse({
    ...receipt,
    ...(linkKey === '' ? {} : { linkKey }),
    ...(gateRefusal === '' ? {} : { gateRefusal }),
  }).data

const siteRowSchema = z
  .object({
    siteId: z.string(),
    name: z.string(),
    region: z.string(),
    timeZone: z.string(),
    domain: z.string(),
    keys: z.string(),
    validFrom: z.string(),
    validTo: z.string().nullable(),
  })
  .transform(({ keys, validTo, ...row }) => ({
    ...row,
    keys: JSON.parse(keys) as unknown,
    ...(validTo === null ? {} : { validTo }),
  }))

/** The entries of the registry, as the sink stored them. */
const readSites = async (client: ClickHouse): Promise<readonly Site[]> => {
  const rows = await client.query(
    `SELECT site_id AS siteId, name, region, time_zone AS timeZone, domain, keys, valid_from AS validFrom, valid_to AS validTo
     FROM sites FINAL`,
    {},
    siteRowSchema,
  )
  return rows.flatMap((row) => siteSchema.safeParse(row).data ?? [])
}

/** Reads receipts and checks their signatures; an arrival with one that holds is the clinic's. */
export const checkReceipts = async (
  client: ClickHouse,
  sql: string,
  params: Readonly<Record<string, string>>,
): Promise<readonly DoubtfulArrival[]> => {
  const receipts = await client.query(sql, params, doubtfulSchema)
  if (receipts.length === 0) return []
  const sites = await readSites(client)
  const isSigned = createSignatureCheck()
  const isVerified = (receipt: DoubtfulReceipt): boolean => {
    const film = filmOf(receipt)
    if (film === undefined) return false
    const keys = sites
      .filter(({ siteId }) => siteId === film.siteId)
      .flatMap((site) => keysAt(site, film.keyId, receipt.toldAt))
    return keys.some((key) => isSigned(key, signedText(film), receipt.signature))
  }
  const byArrival = Map.groupBy(
    receipts,
    ({ siteId, eventId, arrivalId }) => `${siteId} ${eventId} ${arrivalId}`,
  )
  return [...byArrival.values()].flatMap((own) => {
    const [first] = own
    return first === undefined
      ? []
      : [{ siteId: first.siteId, hour: first.hour, booking: first.booking, isVerified: own.some(isVerified) }]
  })
}
