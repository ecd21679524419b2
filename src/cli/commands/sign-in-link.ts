import { Command, Option } from 'commander'
import { roles, type Viewer, viewerSchema } from '../../dashboard/sign-in/viewer.ts'
import { linkToRunning, owner } from '../../roles/run-dashboard.ts'
import { SetupError } from '../../runtime/errors.ts'
import { type DataDir, dataDirOption } from '../options.ts'
import { runOnce } from '../run-role.ts'
import { writeLine } from '../write-output.ts'

type Options = DataDir & {
  readonly role?: Viewer['roles'][number]
  readonly clinic?: string
  readonly region?: string
}

const viewerFor = ({ role, clinic, region }: Options): Viewer => {
  if (role === undefined) return owner
  const parsed = viewerSchema.safeParse({
    who: clinic === undefined ? role : `${role} ${clinic}`,
    roles: [role],
    clinics: clinic === undefined ? [] : [clinic],
    ...(region === undefined ? {} : { regions: [region] }),
  })
  if (parsed.success && (role === 'clinic') === (clinic !== undefined)) return parsed.data
  throw new SetupError(
    'NOT_FOUND',
    'a clinic needs its id, and only a clinic does',
    'use --role clinic --clinic ID',
  )
}

/** `sign-in-link`: another way into the dashboard that runs, for a role of one's choice. */
export const signInLinkCommand = (): Command =>
  new Command('sign-in-link')
    .description('a link that signs in to the dashboard on this machine, once, within ten minutes')
    .addOption(new Option('--role <role>', 'all of this machine where not given').choices(roles))
    .option('--clinic <id>', 'whose films, for the role clinic')
    .option('--region <name>', 'figures of this region only, for the role authority')
    .addOption(dataDirOption())
    .action((options: Options) =>
      runOnce('sign-in-link', options, async ({ settings }) =>
        writeLine(await linkToRunning(settings.dataDir, viewerFor(options))),
      ),
    )
