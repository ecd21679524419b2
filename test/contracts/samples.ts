import { arrivalIdOf } from '../support/results.ts'
import { controlSamples } from './control-samples.ts'
import { finding, hex, hip, landmarks, withLandmarks } from './finding-samples.ts'
import { monitorSamples } from './monitor-samples.ts'
import { invalid, looser, type Sample, valid, without } from './sample-kit.ts'

const otherId = '4f6c1c52-9f0e-4a57-8a52-0c9f3b0f7a11'
const receivedAt = '2026-03-14T08:15:30.125Z'
const arrivalId = arrivalIdOf('sample', receivedAt)
const audit = { who: 'registry clerk', why: 'asked for by letter', at: receivedAt }
const position = { topic: 'hip.images.v1', partition: 7, offset: '9007199254740993' }
const attributes = {
  ageBand: '70-74',
  sex: 'F',
  acquisitionDay: '2024-02-29',
  modality: 'DX',
  laterality: 'B',
  maker: 'Example Imaging',
  kvp: 75,
  exposureIndex: 312.5,
  rows: 2985,
  columns: 2300,
  imagerPixelSpacingMm: [0.148, 0.148],
  reason: 'trauma',
}

const imageHeaders = {
  'content-type': 'application/dicom',
  ce_specversion: '1.0',
  ce_type: 'org.osteostream.image.v1',
  ce_source: '/sites/lisbon-1',
  ce_id: arrivalId,
  ce_subject: hex('a'),
  ce_time: receivedAt,
  ce_sentat: '2026-03-14T08:15:31.000Z',
  ce_siteid: 'lisbon-1',
  ce_spoolid: otherId,
  ce_sequence: '412',
  ce_lane: 'live',
  ce_sigversion: '1',
  ce_sitesig: `${'A'.repeat(86)}==`,
  ce_sitekeyid: '5d3e0a1b2c4f6071',
  ce_contentsize: '13731000',
  ce_contentsha256: hex('b'),
  ce_subjectkey: hex('c'),
  ce_subjectfrom: 'patient',
  ce_linkkey: hex('d'),
  ce_attempt: '1',
  ce_attributes: JSON.stringify(attributes),
  ce_dataref: `blob:sha256:${hex('b')}`,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}

const arrival = {
  arrivalId,
  eventId: hex('a'),
  siteId: 'lisbon-1',
  spoolId: otherId,
  sequence: 412,
  receivedAt,
  sentAt: '2026-03-14T08:15:31.000Z',
  subjectKey: hex('c'),
  subjectFrom: 'patient',
  linkKey: hex('d'),
  contentType: 'application/dicom',
  contentSize: 13731000,
  contentSha256: hex('b'),
}

const receipt = {
  ...arrival,
  lane: 'live',
  attributesSha256: hex('8'),
  keyId: '5d3e0a1b2c4f6071',
  signature: `${'A'.repeat(86)}==`,
  image: position,
}

const deadLetter = {
  kind: 'deadLettered',
  code: 'FILE_CORRUPT',
  detail: 'the pixel data end early',
  size: 512,
  digest: hex('f'),
  headers: { ce_type: 'org.osteostream.image.v1' },
}

const rejection = { kind: 'rejected', reason: 'NOT_A_HIP', detail: '', pixelHash: hex('e') }
const screened = { image: position, attempt: 1, screenedAt: '2026-03-14T08:15:31.000Z' }
const appended = { firstImage: position, appendedAt: '2026-03-14T08:15:31.200Z', believedAt: receivedAt }
const verdict = (outcome: object) => ({
  attributed: true,
  ...arrival,
  attributes,
  ...appended,
  ...screened,
  outcome,
})

const referenceTest = {
  testId: hex('7'),
  siteId: 'lisbon-1',
  subjectKey: hex('c'),
  measuredOn: '2026-02-01',
  method: 'DXA',
  region: 'femoral-neck',
  side: 'left',
  sex: 'F',
  tScore: -2.6,
  bmd: 0.546,
  afterTherapyStart: false,
}

const correction = { correctionId: otherId, siteId: 'lisbon-1', ...audit }

const leastHeaders = without(imageHeaders, 'ce_linkkey', 'ce_dataref', 'traceparent')

/** Sample events by event name. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'image.v1': [
    valid('every header', imageHeaders),
    valid('only what must be there', { ...leastHeaders, ce_attributes: '{}' }),
    valid('kept back by the gate', { ...leastHeaders, ce_contentsize: '0', ce_gaterefusal: 'UNDER_18' }),
    invalid('another format', { ...imageHeaders, 'content-type': 'image/tiff' }),
    invalid('the type of another event', { ...imageHeaders, ce_type: 'org.osteostream.receipt.v1' }),
    invalid('a time without milliseconds', { ...imageHeaders, ce_time: '2026-03-14T08:15:30Z' }),
    invalid('a time with an offset', { ...imageHeaders, ce_time: '2026-03-14T08:15:30.125+01:00' }),
    invalid('a hash in capitals', { ...imageHeaders, ce_contentsha256: hex('B') }),
    invalid('a signature that is too short', { ...imageHeaders, ce_sitesig: 'AAAA' }),
    invalid('a size that is no number', { ...imageHeaders, ce_contentsize: '12 kB' }),
    invalid('a site id in capitals', { ...imageHeaders, ce_siteid: 'Lisbon' }),
    invalid('a refusal that is not on the list', { ...imageHeaders, ce_gaterefusal: 'TIRED' }),
    valid('sent again by the engine', {
      ...imageHeaders,
      ce_attempt: '2',
      ce_firstrecord: 'hip.images.v1:7:41',
      ce_firstappendedat: receivedAt,
      ce_enginemac: hex('6'),
    }),
    invalid('a key id with a line feed', { ...imageHeaders, ce_sitekeyid: 'k\n1' }),
    invalid('an arrival id of another version', { ...imageHeaders, ce_id: otherId }),
    looser('an arrival id of another instant', { ...imageHeaders, ce_time: '2026-03-14T08:15:30.126Z' }),
    looser('the number 0', { ...imageHeaders, ce_sequence: '0' }),
    looser('attempt 0', { ...imageHeaders, ce_attempt: '0' }),
    looser('attributes that are not JSON', { ...imageHeaders, ce_attributes: 'F, 72' }),
    looser('an age in years', { ...imageHeaders, ce_attributes: '{"ageBand":"72"}' }),
    looser('a name for a maker', { ...imageHeaders, ce_attributes: '{"maker":"Anna Muster"}' }),
  ],
  'receipt.v1': [
    valid('a first arrival', receipt),
    valid('of a film that the gate kept back', { ...receipt, contentSize: 0, gateRefusal: 'UNDER_18' }),
    valid('nothing known of the person', { ...without(receipt, 'linkKey'), subjectFrom: 'film' }),
    invalid('no position', without(receipt, 'image')),
    invalid('no signature', without(receipt, 'signature')),
    invalid('no number', without(receipt, 'sequence')),
    invalid('the number 0', { ...receipt, sequence: 0 }),
    invalid('an offset that is a number', { ...receipt, image: { ...position, offset: 12 } }),
    invalid('no acknowledged offset', { ...receipt, image: { ...position, offset: '-1' } }),
    invalid('an arrival id of another version', { ...receipt, arrivalId: otherId }),
    looser('an arrival id of another instant', { ...receipt, receivedAt: '2026-03-14T08:15:30.126Z' }),
  ],
  'verdict.v1': [
    valid('a finding', verdict(finding)),
    valid('a finding with landmarks', verdict(withLandmarks(landmarks))),
    invalid('a landmark too few', verdict(withLandmarks(without(landmarks, 'shaft')))),
    invalid('a head without a size', verdict(withLandmarks({ ...landmarks, headRadius: 0 }))),
    valid('a rejection', verdict(rejection)),
    valid('a dead letter', verdict(deadLetter)),
    valid('an unreadable record', {
      attributed: false,
      pointer: 'hip.images.v1:7:41',
      receivedAt,
      ...screened,
      outcome: deadLetter,
    }),
    invalid('an unreadable record with no pointer', {
      attributed: false,
      receivedAt,
      ...screened,
      outcome: deadLetter,
    }),
    valid('a film whose clock cannot be', { ...verdict(finding), clockFault: 'in-the-future' }),
    invalid('nothing said of when it was appended', without(verdict(finding), 'appendedAt')),
    invalid('an age in years', { ...verdict(finding), attributes: { ageBand: '72' } }),
    ...[{ maker: 'Anna Muster' }, { model: 'Muster Anna' }, { bodyPart: 'FRAU MUSTER' }].map((attributes) =>
      invalid(`a name in ${Object.keys(attributes).join()}`, { ...verdict(finding), attributes }),
    ),
    invalid('a day that is none', { ...verdict(finding), attributes: { acquisitionDay: '2025-02-29' } }),
    invalid('no outcome', without(verdict(finding), 'outcome')),
    invalid('a finding without a hip', verdict({ ...finding, hips: [] })),
    invalid('three hips', verdict({ ...finding, hips: [hip('left'), hip('right'), hip('left')] })),
    invalid('a share above one', verdict({ ...finding, hips: [{ ...hip('left'), regionScore: 1.01 }] })),
    invalid('a reason that is not on the list', verdict({ ...rejection, reason: 'TIRED' })),
    invalid('a reason among the codes', verdict({ ...deadLetter, code: 'NOT_A_HIP' })),
    invalid('a detail that goes on and on', verdict({ ...rejection, detail: 'x'.repeat(301) })),
  ],
  'reference-test.v1': [
    valid('a measurement', referenceTest),
    valid('without sex and density', without(referenceTest, 'sex', 'bmd')),
    invalid('the spine', { ...referenceTest, region: 'lumbar-spine' }),
    invalid('a T-score that no body has', { ...referenceTest, tScore: -26 }),
    invalid('an instant for a day', { ...referenceTest, measuredOn: receivedAt }),
    invalid('nothing said of therapy', without(referenceTest, 'afterTherapyStart')),
  ],
  'correction.v1': [
    valid('an erasure', { kind: 'erase', ...correction, subjectKey: hex('c') }),
    valid('a retraction', { kind: 'retract', ...correction, eventId: hex('a'), arrivalId }),
    valid('a relink', { kind: 'relink', ...correction, subjectKey: hex('c'), newSubjectKey: hex('9') }),
    invalid('an unknown kind', { kind: 'forget', ...correction, subjectKey: hex('c') }),
    invalid('an erasure of a film', { kind: 'erase', ...correction, eventId: hex('a') }),
    invalid('nobody asked', { kind: 'erase', ...correction, who: '', subjectKey: hex('c') }),
  ],
  ...controlSamples,
  ...monitorSamples,
}

/** Fields whose rules no JSON Schema can say: there it may accept what the engine refuses. */
export const looserFields: ReadonlySet<string> = new Set([
  'image.v1 ce_id',
  'image.v1 ce_time',
  'image.v1 ce_sequence',
  'receipt.v1 receivedAt',
  'image.v1 ce_attempt',
  'image.v1 ce_attributes',
  'site.v1 siteId',
  'site.v1 timeZone',
])
