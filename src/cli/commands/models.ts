import { Command, InvalidArgumentError, Option } from 'commander'
import { instantSchema } from '../../contracts/identifiers.ts'
import { nameOf } from '../../figures/figure-text.ts'
import { openModelShelf } from '../../inference/classifiers/classifier-shelf.ts'
import { choosePackage } from '../../inference/packages/choose-package.ts'
import { identityOf } from '../../inference/packages/model-manifest.ts'
import { listModelPackages, type ModelPackage } from '../../inference/packages/model-package.ts'
import { tryPackage } from '../../inference/packages/try-package.ts'
import { connectToRunning, openControlPublisher } from '../../roles/open-engine.ts'
import type { Process } from '../../roles/open-process.ts'
import { activateModel } from '../../roles/operators/activate-model.ts'
import { activationsOfRunning, readActivations, roleAt } from '../../roles/operators/read-activations.ts'
import { messageOf, SetupError } from '../../runtime/errors.ts'
import { type DataDir, dataDirOption, type Json, jsonOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { tableOf, writeLine } from '../write-output.ts'

type Broken = { readonly folder: string; readonly fault: string }
type Found = { readonly packages: readonly ModelPackage[]; readonly broken: readonly Broken[] }

const findPackages = async ({ settings }: Process): Promise<Found> => {
  const broken: Broken[] = []
  const packages = await listModelPackages(settings.modelsDir, (folder, error) => {
    broken.push({ folder, fault: messageOf(error) })
  })
  return { packages, broken }
}

const noEngine = 'no engine runs on this data folder: which package serves is not known'

const list = new Command('list')
  .description('the packages on this machine and what they do now; a broken one never serves')
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action((options: Json) =>
    runOnce('models', options, async (opened) => {
      const { packages, broken } = await findPackages(opened)
      const activations = await activationsOfRunning(opened)
      const now = new Date().toISOString()
      const models = packages.map(({ folder, manifest }) => ({
        model: nameOf(manifest),
        task: manifest.task,
        role:
          activations === undefined || manifest.task !== 'classify'
            ? null
            : roleAt(activations, manifest, now),
        trainedOn: manifest.domain,
        architecture: manifest.architecture,
        folder,
      }))
      if (options.json === true) return writeLine(JSON.stringify({ models, broken }))
      const rows = models.map(({ model, task, role, trainedOn, architecture }) => [
        model,
        task,
        role ?? '–',
        trainedOn,
        architecture,
      ])
      writeLine(tableOf([['package', 'task', 'role now', 'trained on', 'architecture'], ...rows]))
      if (activations === undefined) writeLine(noEngine)
      for (const { fault } of broken) writeLine(`broken: ${fault}`)
    }),
  )

const show = new Command('show')
  .description('one package: its manifest and the digests that every verdict carries')
  .argument('<name[@version]>', 'package; the newest version where none is named')
  .addOption(dataDirOption())
  .action((named: string, options: DataDir) =>
    runOnce('models', options, async (opened) => {
      const { folder, manifest } = choosePackage((await findPackages(opened)).packages, named)
      const identity = manifest.task === 'classify' ? { identity: identityOf(manifest) } : {}
      writeLine(JSON.stringify({ folder, ...identity, manifest }, undefined, 2))
    }),
  )

const verify = new Command('verify')
  .description('check every digest, and run each package once')
  .argument('[name[@version]]', 'only this one')
  .addOption(dataDirOption())
  .action((named: string | undefined, options: DataDir) =>
    runOnce('models', options, async (opened) => {
      const { packages, broken } = await findPackages(opened)
      const chosen = named === undefined ? packages : [choosePackage(packages, named)]
      const faults = named === undefined ? broken.map(({ fault }) => fault) : []
      for (const fault of faults) writeLine(`broken: ${fault}`)
      for (const found of chosen) {
        const fault = await tryPackage(found, opened.settings.executionProvider).catch(messageOf)
        writeLine(`${nameOf(found.manifest)}: ${fault ?? 'sound'}`)
        if (fault !== undefined) faults.push(fault)
      }
      if (faults.length > 0) process.exitCode = 1
    }),
  )

const instant = (text: string): string => {
  if (instantSchema.safeParse(text).success) return text
  throw new InvalidArgumentError('must be an instant in UTC like 2026-01-31T08:00:00.000Z')
}

/** A retired package reads nothing more: it need not be sound. */
const refuseUnsound = async (found: ModelPackage, role: ActivateOptions['role'], { settings }: Process) => {
  if (role === 'retired') return
  const fault = await tryPackage(found, settings.executionProvider).catch(messageOf)
  if (fault === undefined) return
  throw new SetupError(
    'MODEL_UNUSABLE',
    `${nameOf(found.manifest)} fails its trial run: ${fault}`,
    'restore the package or activate another one; what serves now goes on',
  )
}

type ActivateOptions = DataDir & {
  readonly role: 'primary' | 'shadow' | 'retired'
  readonly from?: string
  readonly who: string
  readonly why: string
}

const activate = new Command('activate')
  .description('give a package a role for films received from an instant on')
  .argument('<name[@version]>', 'classifier; the newest version where none is named')
  .addOption(
    new Option('--role <role>', 'primary counts, shadows read beside it')
      .choices(['primary', 'shadow', 'retired'])
      .default('primary'),
  )
  .option(
    '--from <instant>',
    'UTC, to come; in a minute where not said, by when every process knows',
    instant,
  )
  .requiredOption('--who <role>', 'who asks for it (kept in the audit trail)')
  .requiredOption('--why <reason>', 'why')
  .addOption(dataDirOption())
  .action((named: string, options: ActivateOptions) =>
    runOnce('models', options, async (opened) => {
      const { classifiers } = await openModelShelf(opened.settings.modelsDir, opened.logger)
      const found = choosePackage(classifiers, named)
      await refuseUnsound(found, options.role, opened)
      const connections = await connectToRunning(opened)
      const known = await readActivations(opened, connections.kafka, connections.admin)
      const publisher = await openControlPublisher(opened, connections)
      const { manifest } = found
      const deps = { publisher, known, now: () => new Date() }
      const { role, activeFrom } = await activateModel(deps, { ...options, manifest })
      writeLine(`${nameOf(manifest)}: ${role} from ${activeFrom}`)
    }),
  )

/** `models`: the packages and their roles. */
export const models = (): Command =>
  new Command('models')
    .description('model packages: what is there, whether it is sound, and which one serves')
    .addCommand(list)
    .addCommand(show)
    .addCommand(verify)
    .addCommand(activate)
