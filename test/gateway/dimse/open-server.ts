import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TlsOptions } from 'node:tls'
import type { ClinicEntry } from '../../../src/gateway/clinics/clinic-registry.ts'
import { clinicEntrySchema } from '../../../src/gateway/clinics/clinic-registry.ts'
import { type DimseServerOptions, startDimseServer } from '../../../src/gateway/dimse/start-dimse-server.ts'
import { openSealed } from '../../../src/producers/inbox/seal.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { startTelemetry } from '../../../src/runtime/telemetry.ts'
import { openTestInbox, testKey } from '../../producers/inbox/open-inbox.ts'
import { tempDir } from '../../support/temp-dir.ts'

type Tester = { after: (work: () => Promise<void>) => void }

export const lisbon: ClinicEntry = clinicEntrySchema.parse({ clinic: 'lisbon', aeTitles: ['XRAY1'] })
export const porto: ClinicEntry = clinicEntrySchema.parse({ clinic: 'porto', aeTitles: ['XRAY2'] })

/** Log lines of warnings, by their message, with what they say. */
export const noteLines = () => {
  const lines: { message: string; fields: Record<string, unknown> }[] = []
  const note = (fields: Record<string, unknown>, message?: string) =>
    lines.push({ message: message ?? '', fields })
  return { lines, logger: Object.assign(Object.create(silentLogger), { warn: note, error: note }) }
}

/** A DICOM server on a real inbox. */
export const openServer = async (
  t: Tester,
  options: Partial<DimseServerOptions> & { tls?: TlsOptions; quotaBytes?: number } = {},
) => {
  const { lines, logger } = noteLines()
  const folder = join(await tempDir(t), 'inbox')
  const inbox = await openTestInbox(folder, '1-a', { quotaBytes: options.quotaBytes ?? 1e9 })
  const telemetry = startTelemetry({ service: 'test', version: '0' })
  const server = await startDimseServer({
    address: { host: '127.0.0.1', port: 0, portSetting: 'OSTEOSTREAM_GATEWAY_DICOM_PORT' },
    aeTitle: 'OSTEO',
    inbox,
    clinics: async () => [lisbon, porto],
    mostAssociations: 4,
    idleMs: 5000,
    logger,
    telemetry,
    ...options,
  })
  t.after(async () => {
    await server.stop()
    await telemetry.stop()
  })
  /** The films in the inbox as they came. */
  const films = async () => {
    const found = []
    for (const handle of inbox.kept) {
      const entry = await inbox.read(handle)
      if (entry === undefined) continue
      found.push({ ...entry.kept, content: openSealed(testKey, entry.name, await readFile(entry.file)) })
    }
    return found
  }
  return { ...server, inbox, films, lines, folder }
}
