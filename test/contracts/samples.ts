import { finding, hex, hip, landmarks, model, withLandmarks } from './finding-samples.ts'

/** One event as it would be written; `looser` marks what the engine refuses and no JSON Schema can. */
export type Sample = {
  readonly name: string
  readonly event: Readonly<Record<string, unknown>>
  readonly verdict: 'valid' | 'invalid' | 'looser'
}

const arrivalId = '0199a3c4-5b6d-7e8f-9a0b-1c2d3e4f5a6b'
const otherId = '4f6c1c52-9f0e-4a57-8a52-0c9f3b0f7a11'
const receivedAt = '2026-03-14T08:15:30.125Z'
const audit = { who: 'registry clerk', why: 'asked for by letter', at: receivedAt }
const position = { topic: 'hip.images.v1', partition: 7, offset: '9007199254740993' }
const gapRange = { topic: 'hip.images.v1', partition: 3, groupId: 'g', from: '17', to: '20' }
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
  ce_siteid: 'lisbon-1',
  ce_sitesig: `${'A'.repeat(86)}==`,
  ce_sitekeyid: '5d3e0a1b2c4f6071',
  ce_contentsize: '13731000',
  ce_contentsha256: hex('b'),
  ce_subjectkey: hex('c'),
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
  receivedAt,
  subjectKey: hex('c'),
  linkKey: hex('d'),
  contentType: 'application/dicom',
  contentSize: 13731000,
  contentSha256: hex('b'),
  attributes,
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
const verdict = (outcome: object) => ({ attributed: true, ...arrival, ...screened, outcome })

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

const site = {
  siteId: 'lisbon-1',
  name: 'Hospital One',
  region: 'Lisbon',
  timeZone: 'Europe/Lisbon',
  domain: 'synthetic',
  keys: [
    {
      keyId: '5d3e0a1b2c4f6071',
      publicKey: 'MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
      validFrom: '1970-01-01T00:00:00.000Z',
    },
  ],
  validFrom: '1970-01-01T00:00:00.000Z',
  validTo: receivedAt,
}

const activation = { activationId: otherId, model, role: 'primary', activeFrom: receivedAt, ...audit }

const alarm = {
  alarmId: otherId,
  kind: 'most-records-fail',
  severity: 'critical',
  scope: 'hip.images.v1:3',
  title: 'more than half of 100 records failed: partition paused',
  raisedAt: receivedAt,
  evidence: { offset: '41', type: 'org.osteostream.image.v1', share: 0.51, held: true },
  runbook: 'docs/runbook/most-records-fail.md',
}

const valid = (name: string, event: Sample['event']): Sample => ({ name, event, verdict: 'valid' })
const invalid = (name: string, event: Sample['event']): Sample => ({ name, event, verdict: 'invalid' })
const looser = (name: string, event: Sample['event']): Sample => ({ name, event, verdict: 'looser' })

const without = (event: Sample['event'], ...names: string[]): Sample['event'] =>
  Object.fromEntries(Object.entries(event).filter(([name]) => !names.includes(name)))

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
    looser('attempt 0', { ...imageHeaders, ce_attempt: '0' }),
    looser('attributes that are not JSON', { ...imageHeaders, ce_attributes: 'F, 72' }),
    looser('an age in years', { ...imageHeaders, ce_attributes: '{"ageBand":"72"}' }),
  ],
  'receipt.v1': [
    valid('a first arrival', { ...arrival, attempt: 1, image: position }),
    valid('nothing known of the film', {
      ...without(arrival, 'linkKey'),
      attributes: {},
      attempt: 2,
      image: position,
    }),
    invalid('no position', { ...arrival, attempt: 1 }),
    invalid('an offset that is a number', { ...arrival, attempt: 1, image: { ...position, offset: 12 } }),
    invalid('no acknowledged offset', { ...arrival, attempt: 1, image: { ...position, offset: '-1' } }),
    invalid('attempt 0', { ...arrival, attempt: 0, image: position }),
    invalid('an age in years', { ...arrival, attributes: { ageBand: '72' }, attempt: 1, image: position }),
    ...[{ maker: 'Anna Muster' }, { model: 'Muster Anna' }, { bodyPart: 'FRAU MUSTER' }].map((attributes) =>
      invalid(`a name in ${Object.keys(attributes).join()}`, {
        ...arrival,
        attributes,
        attempt: 1,
        image: position,
      }),
    ),
    invalid('a day that is none', {
      ...arrival,
      attributes: { acquisitionDay: '2025-02-29' },
      attempt: 1,
      image: position,
    }),
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
  'model-activation.v1': [
    valid('a new primary', activation),
    invalid('an unknown role', { ...activation, role: 'second' }),
    invalid('a model without a digest', { ...activation, model: without(model, 'weightsDigest') }),
  ],
  'site.v1': [
    valid('a clinic', site),
    valid('a clinic without an end', without(site, 'validTo')),
    invalid('a clinic without keys', { ...site, keys: [] }),
    invalid('an unknown domain', { ...site, domain: 'test' }),
    looser('a time zone that is none', { ...site, timeZone: 'Europe/Atlantis' }),
    looser('the reserved id', { ...site, siteId: 'unattributed' }),
  ],
  'command.v1': [
    valid('a requeue', { kind: 'requeue', commandId: otherId, ...audit, arrivalId, attempt: 2 }),
    valid('an alarm acknowledged', { kind: 'acknowledge', commandId: otherId, ...audit, alarmId: otherId }),
    valid('an activation', { kind: 'activate', commandId: otherId, ...audit, activationId: otherId }),
    valid('a gap accepted', { kind: 'acceptGap', commandId: otherId, ...audit, ...gapRange }),
    invalid('a requeue as first attempt', {
      kind: 'requeue',
      commandId: otherId,
      ...audit,
      arrivalId,
      attempt: 1,
    }),
    invalid('no reason', {
      kind: 'acknowledge',
      commandId: otherId,
      who: 'operator',
      at: receivedAt,
      alarmId: otherId,
    }),
  ],
  'alarm.v1': [
    valid('a paused partition', alarm),
    valid('one that is taken back', { ...alarm, retracts: arrivalId }),
    invalid('an unknown kind', { ...alarm, kind: 'too-hot' }),
    invalid('a page outside the runbook', { ...alarm, runbook: 'docs/../SECURITY.md' }),
    invalid('evidence in depth', { ...alarm, evidence: { offsets: [1, 2] } }),
  ],
}

/** Fields whose rules no JSON Schema can say: there it may accept what the engine refuses. */
export const looserFields: ReadonlySet<string> = new Set([
  'image.v1 ce_attempt',
  'image.v1 ce_attributes',
  'site.v1 siteId',
  'site.v1 timeZone',
])
