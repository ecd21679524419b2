import { arrivalIdOf } from '../support/results.ts'
import { hex, model } from './finding-samples.ts'
import { invalid, looser, type Sample, valid, without } from './sample-kit.ts'

const otherId = '4f6c1c52-9f0e-4a57-8a52-0c9f3b0f7a11'
const receivedAt = '2026-03-14T08:15:30.125Z'
const arrivalId = arrivalIdOf('sample', receivedAt)
const audit = { who: 'registry clerk', why: 'asked for by letter', at: receivedAt }
const gapRange = { topic: 'hip.images.v1', partition: 3, groupId: 'g', from: '17', to: '20' }

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

/** Samples of what operators and the engine itself say. */
export const controlSamples: Readonly<Record<string, readonly Sample[]>> = {
  'model-activation.v1': [
    valid('a new primary', activation),
    valid('a finder', {
      ...without(activation, 'model'),
      role: 'finder',
      finder: { name: 'hip-finder', version: '1.2.0', digest: hex('9') },
    }),
    invalid('a finder in the place of a model', { ...activation, role: 'finder' }),
    invalid('an unknown role', { ...activation, role: 'second' }),
    invalid('a model without a digest', { ...activation, model: without(model, 'weightsDigest') }),
  ],
  'site.v1': [
    valid('a clinic', site),
    valid('a clinic without an end', without(site, 'validTo')),
    valid('a key that was revoked', {
      ...site,
      keys: site.keys.map((key) => ({ ...key, revokedAt: receivedAt })),
    }),
    invalid('a clinic without keys', { ...site, keys: [] }),
    invalid('a key that is no Ed25519 key', {
      ...site,
      keys: site.keys.map((key) => ({ ...key, publicKey: 'A'.repeat(60) })),
    }),
    invalid('an unknown domain', { ...site, domain: 'test' }),
    looser('a time zone in lower case', { ...site, timeZone: 'europe/lisbon' }),
    looser('a time zone that is an offset', { ...site, timeZone: '+01:00' }),
    looser('a time zone that is none', { ...site, timeZone: 'Europe/Atlantis' }),
    looser('the reserved id', { ...site, siteId: 'unattributed' }),
  ],
  'command.v1': [
    valid('a requeue', {
      kind: 'requeue',
      commandId: otherId,
      ...audit,
      siteId: 'lisbon-1',
      arrivalId,
      attempt: 2,
    }),
    valid('an alarm acknowledged', { kind: 'acknowledge', commandId: otherId, ...audit, alarmId: otherId }),
    valid('an alarm assigned', { kind: 'assign', commandId: otherId, ...audit, alarmId: otherId, to: 'lab' }),
    valid('a note on an alarm', { kind: 'note', commandId: otherId, ...audit, alarmId: otherId }),
    valid('an alarm closed', {
      kind: 'close',
      commandId: otherId,
      ...audit,
      alarmId: otherId,
      cause: 'imaging',
    }),
    invalid('an alarm closed for no known cause', {
      kind: 'close',
      commandId: otherId,
      ...audit,
      alarmId: otherId,
      cause: 'bored',
    }),
    valid('a record set aside', {
      kind: 'setAside',
      commandId: otherId,
      ...audit,
      topic: 'hip.images.v1',
      partition: 7,
      offset: '41',
    }),
    valid('lost numbers accepted', {
      kind: 'acceptSequenceGap',
      commandId: otherId,
      ...audit,
      siteId: 'lisbon-1',
      spoolId: otherId,
      from: 7,
      to: 9,
    }),
    valid('an activation', { kind: 'activate', commandId: otherId, ...audit, activationId: otherId }),
    valid('a gap accepted', { kind: 'acceptGap', commandId: otherId, ...audit, ...gapRange }),
    invalid('a requeue as first attempt', {
      kind: 'requeue',
      commandId: otherId,
      ...audit,
      siteId: 'lisbon-1',
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
