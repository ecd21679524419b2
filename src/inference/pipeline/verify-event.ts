import { believeTime, type ClockLimits } from '../../contracts/believe-time.ts'
import { recordPointerOf } from '../../contracts/identifiers.ts'
import { type RequeuedFilm, requeuedText, signedFilmOf } from '../../contracts/image-event.ts'
import { partitionOf } from '../../contracts/partition-of.ts'
import type { SiteDirectory } from '../../contracts/ports.ts'
import { signedText } from '../../contracts/signed-film.ts'
import { keysAt } from '../../contracts/site.ts'
import { filmLanes } from '../../contracts/topics.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import { createSignatureCheck, isMacOf } from '../../runtime/signatures.ts'
import type { Step, StepOutcome } from './pipeline.ts'
import { pointedAt } from './read-pointer.ts'
import type { ParsedEvent, VerifiedEvent } from './screening-types.ts'

export type VerifyEventDeps = {
  readonly sites: SiteDirectory
  /** The engine's own key: it vouches for every attempt but the first. */
  readonly engineKey: Uint8Array
  readonly clockLimits: ClockLimits
}

/** Whether the record stands on the lane that was signed, under the key of its film, in the partition of that key. */
const isInPlace = ({ record, headers }: ParsedEvent): boolean => {
  const lane = filmLanes[headers.ce_lane]
  return (
    record.position.topic === lane.name &&
    record.key === headers.ce_subject &&
    record.position.partition === partitionOf(headers.ce_subject, lane.partitions)
  )
}

/** What a record claims of the first record of its arrival; itself where it is the first. */
const firstOf = ({ record, headers }: ParsedEvent): RequeuedFilm | undefined => {
  const common = { siteId: headers.ce_siteid, arrivalId: headers.ce_id, attempt: headers.ce_attempt }
  const { ce_firstrecord: firstRecord, ce_firstappendedat: firstAppendedAt } = headers
  if (headers.ce_attempt === 1) {
    return {
      ...common,
      firstRecord: recordPointerOf(record.position),
      firstAppendedAt: record.timestamp,
    }
  }
  return firstRecord === undefined || firstAppendedAt === undefined
    ? undefined
    : { ...common, firstRecord, firstAppendedAt }
}

/**
 * Checks who says what a record says, before anything of it is booked on anybody: 1. it stands where its film belongs,
 * 2. an attempt above the first carries the engine's MAC, 3. the site is registered and one of its keys, which held when
 * Kafka first appended the film, has signed all of it. One clinic cannot speak for another, and nobody for the engine.
 */
export const createCheckEvent = (deps: VerifyEventDeps) => {
  const isSigned = createSignatureCheck()
  const isVouched = (first: RequeuedFilm, mac: string | undefined): boolean =>
    first.attempt === 1 || (mac !== undefined && isMacOf(deps.engineKey, requeuedText(first), mac))
  return (event: ParsedEvent): StepOutcome<VerifiedEvent> => {
    const { headers, record } = event
    if (!isInPlace(event))
      return failed(
        'RECORD_MISPLACED',
        'the record stands on a lane or partition that is not that of its film',
      )
    const first = firstOf(event)
    const firstImage = first === undefined ? undefined : pointedAt(first.firstRecord)
    if (first === undefined || firstImage === undefined || !isVouched(first, headers.ce_enginemac))
      return failed('ATTEMPT_NOT_VOUCHED', 'only the engine sends an arrival again, and vouches for it')
    const site = deps.sites.find(headers.ce_siteid, first.firstAppendedAt)
    if (site === undefined)
      return failed('SITE_UNKNOWN', 'the site was not in the registry when the film came')
    const attributesSha256 = sha256Of(record.headers['ce_attributes'] ?? '')
    const text = signedText(signedFilmOf(headers, attributesSha256))
    const keys = keysAt(site, headers.ce_sitekeyid, first.firstAppendedAt)
    if (!keys.some((key) => isSigned(key, text, headers.ce_sitesig)))
      return failed('SITE_SIGNATURE_INVALID', 'the signature does not match a key of the site that held')
    const appendedAt = first.firstAppendedAt
    const times = { receivedAt: headers.ce_time, sentAt: headers.ce_sentat, appendedAt }
    return ok({ ...event, firstImage, appendedAt, ...believeTime(times, deps.clockLimits) })
  }
}

/** As `createCheckEvent`; a site that is not known may have been registered a moment ago: the registry is read again. */
export const createVerifyEvent = (deps: VerifyEventDeps): Step<ParsedEvent, VerifiedEvent> => {
  const check = createCheckEvent(deps)
  return async function verifyEvent(event) {
    const checked = check(event)
    const isUnknown =
      checked.kind === 'failed' &&
      (checked.code === 'SITE_UNKNOWN' || checked.code === 'SITE_SIGNATURE_INVALID')
    if (!isUnknown) return checked
    await deps.sites.refresh()
    return check(event)
  }
}
