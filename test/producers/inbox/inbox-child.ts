/**
 * A process that takes films into the inbox of a folder and forwards them, until it is killed:
 * `node inbox-child.ts FOLDER FILMS`. What it acknowledges it says; what it publishes it appends to `FOLDER/log`.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { startInbox } from '../../../src/producers/inbox/start-inbox.ts'
import { seededSiteKeys } from '../../../src/producers/site-keys.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { startTelemetry } from '../../../src/runtime/telemetry.ts'

const [folder = '', films = '0'] = process.argv.slice(2)
let offset = 0

const inbox = await startInbox({
  folder: join(folder, 'inbox'),
  key: Buffer.alloc(32, 7),
  quotaBytes: 1e9,
  workers: 1,
  lateAfterS: 3600,
  publisher: {
    publish: async (topic, record) => {
      const headers = record.headers
      const receipt = topic.name.includes('receipts')
        ? JSON.parse(Buffer.from(record.value ?? []).toString())
        : {}
      const line = {
        topic: topic.name,
        arrivalId: headers['ce_id'],
        siteId: headers['ce_siteid'] ?? receipt.siteId,
        spoolId: headers['ce_spoolid'] ?? receipt.spoolId,
        sequence: Number(headers['ce_sequence'] ?? receipt.sequence),
      }
      appendFileSync(join(folder, 'log'), `${JSON.stringify(line)}\n`)
      offset += 1
      return { topic: topic.name, partition: 0, offset: String(offset) }
    },
  },
  blobs: { put: async () => '' },
  keysOf: async (siteId) => seededSiteKeys({ siteId, seed: 'test' }),
  onCrash: (error) => {
    throw error
  },
  telemetry: startTelemetry({ service: 'test', version: '0' }),
  logger: silentLogger,
  now: () => new Date(),
  gate: async ({ kept }) => ({
    sha256: kept.arrivalId,
    gated: {
      kind: 'passed',
      film: Buffer.from(kept.arrivalId),
      contentType: 'application/dicom',
      identity: {},
      attributes: {},
    },
  }),
})
await inbox.resume()

const give = async (number: number): Promise<void> => {
  const film = await inbox.open({ siteId: number % 3 === 0 ? 'porto' : 'lisbon', via: 'c-store' })
  if (typeof film === 'string') throw new Error(film)
  await film.write(Buffer.from(`film ${process.pid} ${number}`.repeat(5000)))
  const answer = await film.keep()
  if (answer.kind === 'kept') process.stdout.write(`kept ${answer.arrivalId}\n`)
}

let next = 0
const work = async (): Promise<void> => {
  while (next < Number(films)) await give((next += 1))
}
await Promise.all([work(), work(), work()])
while (inbox.state().films > 0) await new Promise((resolve) => setTimeout(resolve, 5))
process.stdout.write('empty\n')
await inbox.stop()
