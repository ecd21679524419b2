import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { signedText } from '../../contracts/image-event.ts'
import type { SiteDirectory } from '../../contracts/ports.ts'
import { holdsAt, type Site } from '../../contracts/site.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import type { Step } from './pipeline.ts'
import type { ParsedEvent } from './screening-types.ts'

const publicKeys = (site: Site, keyId: string, instant: string): KeyObject[] =>
  site.keys
    .filter((key) => key.keyId === keyId && holdsAt(key, instant))
    .map((key) => createPublicKey({ key: Buffer.from(key.publicKey, 'base64'), format: 'der', type: 'spki' }))

const findSite = async (sites: SiteDirectory, siteId: string, instant: string): Promise<Site | undefined> => {
  const known = sites.find(siteId, instant)
  if (known !== undefined) return known
  // The site may have been registered a moment ago: look again before its film becomes a dead letter.
  await sites.refresh()
  return sites.find(siteId, instant)
}

/** Checks that the site is registered and that the event carries its signature: one clinic cannot speak for another. */
export const createVerifyEvent = (deps: { sites: SiteDirectory }): Step<ParsedEvent, ParsedEvent> =>
  async function verifyEvent(event) {
    const { headers } = event
    const site = await findSite(deps.sites, headers.ce_siteid, headers.ce_time)
    if (site === undefined) return failed('SITE_UNKNOWN', 'the site is not in the registry at that time')
    const text = signedText({
      arrivalId: headers.ce_id,
      eventId: headers.ce_subject,
      siteId: headers.ce_siteid,
      receivedAt: headers.ce_time,
      contentSha256: headers.ce_contentsha256,
    })
    const signature = Buffer.from(headers.ce_sitesig, 'base64')
    const keys = publicKeys(site, headers.ce_sitekeyid, headers.ce_time)
    if (!keys.some((key) => verify(null, Buffer.from(text), key, signature)))
      return failed('SITE_SIGNATURE_INVALID', 'the signature does not match a key of the site')
    return ok(event)
  }
