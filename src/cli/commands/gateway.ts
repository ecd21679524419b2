import { stdin } from 'node:process'
import { text } from 'node:stream/consumers'
import { Command, InvalidArgumentError } from 'commander'
import { siteIdSchema } from '../../contracts/identifiers.ts'
import { findKafka, kafkaClientFor } from '../../roles/connect-services.ts'
import { addClinic, fingerprintOfFile, listClinics, removeClinic } from '../../roles/gateway-clinics.ts'
import { optOutPerson } from '../../roles/opt-out-person.ts'
import { demoSite } from '../../roles/start-engine.ts'
import { startGateway } from '../../roles/start-gateway.ts'
import { type DataDir, dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce, runRole } from '../run-role.ts'
import { describeGateway } from '../show/describe-gateway.ts'
import { tableOf, writeError, writeLine } from '../write-output.ts'

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value]

const siteId = (text: string): string => {
  const parsed = siteIdSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError('must be lower-case letters, digits and hyphens')
}

type Addition = Json & {
  readonly clinic: string
  readonly aeTitle: readonly string[]
  readonly address: readonly string[]
  readonly certificate: readonly string[]
  readonly token?: true
}

const add = (): Command =>
  new Command('add')
    .description('let a clinic send, or give it more titles, certificates or a token; its keys are made here')
    .requiredOption('--clinic <id>', 'the clinic', siteId)
    .option('--ae-title <title>', 'what an X-ray system of it calls itself (again for more)', several, [])
    .option(
      '--address <ip>',
      'an address from which it sends (again for more); anywhere where not given',
      several,
      [],
    )
    .option('--certificate <file>', 'a certificate in PEM that it shows (again for more)', several, [])
    .option('--token', 'make a bearer token for DICOMweb and upload; it is printed once')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Addition) =>
      runOnce('gateway', options, async ({ settings }) => {
        const certificates = await Promise.all(options.certificate.map(fingerprintOfFile))
        const { token, keyId, publicKey } = await addClinic(settings, {
          clinic: options.clinic,
          aeTitles: options.aeTitle,
          addresses: options.address,
          certificates,
          wantsToken: options.token === true,
        })
        if (options.json === true)
          return writeLine(JSON.stringify({ clinic: options.clinic, keyId, publicKey, token: token ?? null }))
        writeLine(`${options.clinic} may send`)
        writeLine(`its public key for the registry of the engine: ${keyId} ${publicKey}`)
        if (token !== undefined) writeLine(`its bearer token, which is shown this once: ${token}`)
      }),
    )

const remove = (): Command =>
  new Command('remove')
    .description(
      'let a clinic send no more, from its next connection on; films that wait are still published',
    )
    .requiredOption('--clinic <id>', 'the clinic', siteId)
    .addOption(dataDirOption())
    .action((options: DataDir & { readonly clinic: string }) =>
      runOnce('gateway', options, async ({ settings }) => {
        await removeClinic(settings, options.clinic)
        writeLine(`${options.clinic} may send no more`)
      }),
    )

const list = (): Command =>
  new Command('list')
    .description('the clinics that may send, and how they are known')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Json) =>
      runOnce('gateway', options, async ({ settings }) => {
        const clinics = await listClinics(settings)
        if (options.json === true) return writeLine(JSON.stringify({ clinics }))
        if (clinics.length === 0)
          return writeLine('no clinics: this machine alone may send, as the clinic demo')
        const rows = clinics.map(({ clinic, aeTitles, addresses, tokens, certificates }) => [
          clinic,
          aeTitles.join(', '),
          addresses.join(', ') || 'any',
          String(tokens.length),
          String(certificates.length),
        ])
        writeLine(tableOf([['clinic', 'AE titles', 'addresses', 'tokens', 'certificates'], ...rows]))
      }),
    )

const optOutCommand = (): Command =>
  new Command('opt-out')
    .description(
      'let no film of a person leave the clinic any more, and erase what was sent; the patient id, a tab and its issuer are read from standard input',
    )
    .requiredOption('--clinic <id>', 'the clinic', siteId)
    .requiredOption('--who <role>', 'who asks for it: a role, never a patient (kept in the topic)')
    .requiredOption('--why <reason>', 'why')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((options: Json & { readonly clinic: string; readonly who: string; readonly why: string }) =>
      runOnce('gateway', options, async (process) => {
        const { isNew, correctionId } = await optOutPerson(process, await text(stdin), options)
        if (options.json === true)
          return writeLine(JSON.stringify({ clinic: options.clinic, isNew, correctionId }))
        writeLine(
          isNew ? 'no film of this person leaves the clinic from now on' : 'this person had opted out before',
        )
        writeLine(`${correctionId}: what was sent before is erased`)
      }),
    )

/** `gateway`: what X-ray systems send to, beside an engine or far from it. */
export const gateway = (): Command =>
  new Command('gateway')
    .description(
      'listen to X-ray systems (DICOM C-STORE) and send their films; needs Kafka alone (docs/gateway.md)',
    )
    .addOption(dataDirOption())
    .action((options: DataDir) =>
      runRole('gateway', options, async (process, onCrash) => {
        const { settings, logger } = process
        const kafka = kafkaClientFor(await findKafka(settings), settings, logger, 'osteostream-gateway')
        const running = await startGateway(process, { kafka }, { demoSiteId: demoSite.siteId, onCrash })
        for (const line of describeGateway(running)) writeError(line)
        writeError('ready; Ctrl-C stops')
      }),
    )
    .addCommand(optOutCommand())
    .addCommand(
      new Command('clinics')
        .description('which clinics may send')
        .addCommand(add())
        .addCommand(remove())
        .addCommand(list()),
    )
