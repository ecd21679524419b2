import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { Command } from 'commander'
import { createCorrectionReader, type StoredCorrection } from '../../analytics/stores/correction-reader.ts'
import { arrivalIdSchema } from '../../contracts/identifiers.ts'
import { type CorrectionDraft, correctionOf, publishCorrection } from '../../operations/publish-correction.ts'
import { subjectKeyOf } from '../../producers/identify-film.ts'
import { loadSiteKeys } from '../../producers/site-keys.ts'
import { type Connections, connectToRunning, openControlPublisher } from '../../roles/open-engine.ts'
import type { Process } from '../../roles/open-process.ts'
import { mergeColumns, relinkPeople } from '../../roles/relink-people.ts'
import { SetupError } from '../../runtime/errors.ts'
import { dataDirOption, type Json, jsonOption, wholeNumber } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { tableOf, writeError, writeLine } from '../write-output.ts'

type Audit = { readonly who: string; readonly why: string }
type Common = Json & Audit & { readonly waitS: number }
type Whom = {
  readonly clinic?: string
  readonly person?: string
  readonly arrival?: string
  readonly patient?: true
}

const wrongOptions = (message: string): SetupError =>
  new SetupError('SETTING_INVALID', message, 'see --help, and docs/runbook/corrections.md')

/** The patient id, and after a tab its issuer: from standard input, so that it stands in no shell history. */
const patientKey = async (dataDir: string, siteId: string): Promise<string> => {
  const [patientId = '', issuer] = (await text(process.stdin)).replace(/\r?\n$/, '').split('\t')
  if (patientId.trim() === '') throw wrongOptions('standard input holds no patient id')
  return subjectKeyOf(await loadSiteKeys({ dataDir, siteId }), issuer, patientId)
}

const knownArrival = async ({ clickhouse }: Connections, arrivalId: string, clinic: string | undefined) => {
  const found = arrivalIdSchema.safeParse(arrivalId).success
    ? await createCorrectionReader({ client: clickhouse }).arrivals(arrivalId)
    : []
  const [known, ...others] = found.filter(({ siteId }) => clinic === undefined || siteId === clinic)
  if (others.length > 0)
    throw new SetupError(
      'ARRIVAL_AMBIGUOUS',
      `several films have the arrival id ${arrivalId}`,
      'name the clinic with --clinic, and the film by --event where that does not decide it',
    )
  if (known !== undefined) return known
  throw new SetupError(
    'NOT_FOUND',
    `no arrival ${arrivalId} is in the tables`,
    'wait for the sink, or name the clinic and the key or event id; an erased arrival is not found either',
  )
}

/** Whom a correction is about: by key, by one of the person's arrivals, or by the patient id on standard input. */
const personOf = async (connections: Connections, opened: Process, whom: Whom) => {
  const ways = [whom.person, whom.arrival, whom.patient].filter((way) => way !== undefined)
  if (ways.length !== 1) throw wrongOptions('name the person by one of --person, --arrival and --patient')
  if (whom.arrival !== undefined) return knownArrival(connections, whom.arrival, whom.clinic)
  if (whom.clinic === undefined) throw wrongOptions('--clinic is missing: a key belongs to a clinic')
  const subjectKey = whom.person ?? (await patientKey(opened.settings.dataDir, whom.clinic))
  return { siteId: whom.clinic, subjectKey }
}

/** Waits until the sink has stored a correction: from then on it is in every figure. */
const inEffect = async ({ clickhouse }: Connections, correctionId: string, limitMs: number) => {
  const reader = createCorrectionReader({ client: clickhouse })
  const until = performance.now() + limitMs
  while ((await reader.find(correctionId)) === undefined) {
    if (performance.now() > until) return false
    await delay(100)
  }
  return true
}

/** Publishes what a person asks for and tells when it is in effect; exit status 1 where that takes too long. */
const correct = (
  options: Common,
  draftOf: (connections: Connections, opened: Process) => Promise<CorrectionDraft>,
): Promise<void> =>
  runOnce('corrections', options, async (opened) => {
    const connections = await connectToRunning(opened)
    const correction = correctionOf(await draftOf(connections, opened), new Date())
    const reader = createCorrectionReader({ client: connections.clickhouse })
    const arrivals = correction.kind === 'retract' ? 1 : await reader.arrivalsOf(correction)
    const publisher = await openControlPublisher(opened, connections)
    await publishCorrection(publisher, correction)
    const isInEffect = await inEffect(connections, correction.correctionId, options.waitS * 1000)
    const { correctionId, kind } = correction
    if (options.json === true)
      writeLine(JSON.stringify({ correctionId, kind, arrivals, inEffect: isInEffect }))
    else
      writeLine(`${correctionId}: ${kind}, ${arrivals} arrivals, ${isInEffect ? 'in effect' : 'published'}`)
    if (isInEffect) return
    writeError('no sink has stored it yet: see docs/runbook/corrections.md')
    process.exitCode = 1
  })

const audited = (command: Command): Command =>
  command
    .requiredOption('--who <role>', 'who asks for it: a role, never a patient (kept in the topic)')
    .requiredOption('--why <reason>', 'why')
    .option('--wait-s <seconds>', 'longest wait until it is in effect', wholeNumber(0), 60)
    .addOption(dataDirOption())
    .addOption(jsonOption())

const ofPerson = (command: Command): Command =>
  command
    .option('--clinic <id>', 'the clinic of the person')
    .option('--person <key>', 'subject key, 64 hex digits')
    .option('--arrival <id>', 'an arrival of the person')
    .option(
      '--patient',
      'patient id, a tab, its issuer: from standard input, with the keys of the clinic here',
    )

const erase = audited(ofPerson(new Command('erase')))
  .description('erase everything of a person, and what is still to come: figures at once, rows soon after')
  .action((options: Common & Whom) =>
    correct(options, async (connections, opened) => {
      const { siteId, subjectKey } = await personOf(connections, opened, options)
      return { kind: 'erase', siteId, subjectKey, who: options.who, why: options.why }
    }),
  )

const retract = audited(new Command('retract'))
  .description('take back one delivery of a film, such as one that carried the wrong patient')
  .argument('<arrival>', 'arrival id')
  .option('--clinic <id>', 'with --event, for an arrival that is not in the tables yet')
  .option('--event <id>', 'event id of the film, 64 hex digits')
  .action((arrivalId: string, options: Common & { clinic?: string; event?: string }) =>
    correct(options, async (connections) => {
      const { clinic, event, who, why } = options
      const { siteId, eventId } =
        clinic !== undefined && event !== undefined
          ? { siteId: clinic, eventId: event }
          : await knownArrival(connections, arrivalId, clinic)
      return { kind: 'retract', siteId, eventId, arrivalId, who, why }
    }),
  )

const relink = audited(ofPerson(new Command('relink')))
  .description('let a person vote under other keys; to their own key again takes it back')
  .requiredOption('--to <key>', 'subject key under which the person is known from now on')
  .option('--link <key>', 'link key of the programme, where it changes too')
  .action((options: Common & Whom & { to: string; link?: string }) =>
    correct(options, async (connections, opened) => {
      const { siteId, subjectKey } = await personOf(connections, opened, options)
      const { to: newSubjectKey, link: newLinkKey, who, why } = options
      const link = newLinkKey === undefined ? {} : { newLinkKey }
      return { kind: 'relink', siteId, subjectKey, newSubjectKey, ...link, who, why }
    }),
  )

const relinkList = new Command('relink-list')
  .description(
    `relink many people whose patient ids were merged: a CSV on standard input (${mergeColumns.join(', ')})`,
  )
  .requiredOption('--clinic <id>', 'the clinic, whose keys are on this machine')
  .requiredOption('--who <role>', 'who asks for it: a role, never a patient (kept in the topic)')
  .requiredOption('--why <reason>', 'why')
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((options: Json & Audit & { readonly clinic: string }) =>
    runOnce('corrections', options, async (opened) => {
      const people = await relinkPeople(opened, await text(process.stdin), options)
      if (options.json === true) writeLine(JSON.stringify({ people }))
      else writeLine(`${people} people relinked: published, in effect when the sink has them`)
    }),
  )

const rowOf = ({ correctionId, kind, siteId, at, who, why }: StoredCorrection): string[] => [
  correctionId,
  kind,
  siteId,
  at.slice(0, 19),
  who,
  why.slice(0, 60),
]

const list = new Command('list')
  .description('corrections in effect, the newest first')
  .option('--limit <n>', 'at most this many', wholeNumber(1), 50)
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((options: Json & { limit: number }) =>
    runOnce('corrections', options, async (opened) => {
      const { clickhouse } = await connectToRunning(opened)
      const corrections = await createCorrectionReader({ client: clickhouse }).list(options.limit)
      if (options.json === true) writeLine(JSON.stringify({ corrections }))
      else if (corrections.length === 0) writeLine('no corrections')
      else
        writeLine(tableOf([['correction', 'kind', 'clinic', 'at', 'who', 'why'], ...corrections.map(rowOf)]))
    }),
  )

/** `corrections`: what must be undone, with who asked for it and why. */
export const corrections = (): Command =>
  new Command('corrections')
    .description('erase a person, retract a delivery, relink a person')
    .addCommand(erase)
    .addCommand(retract)
    .addCommand(relink)
    .addCommand(relinkList)
    .addCommand(list)
