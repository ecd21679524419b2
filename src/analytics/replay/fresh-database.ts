import { z } from 'zod'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { SetupError } from '../../runtime/errors.ts'
import { changeSchema } from '../schema/replicated-statement.ts'

const mark = 'made by osteostream replay'
const databaseSchema = z.object({ comment: z.string() })
const nameSchema = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/)

const refuse = (database: string, why: string): SetupError =>
  new SetupError(
    'DATABASE_IN_USE',
    `cannot rebuild into the database ${database}: ${why}`,
    'name another one with --into',
  )

/**
 * Makes the empty database of a replay; what an earlier replay left under that name goes. `server` is a connection to
 * a database that exists. Throws SetupError DATABASE_IN_USE for a database that no replay has made.
 */
export const createFreshDatabase = async (
  server: Pick<ClickHouse, 'command' | 'query' | 'replicated'>,
  { live, fresh }: { live: string; fresh: string },
): Promise<void> => {
  if (!nameSchema.safeParse(fresh).success)
    throw refuse(fresh, 'that is no name of lower-case letters, digits and _')
  if (fresh === live) throw refuse(fresh, 'it is the live one')
  const [found] = await server.query(
    'SELECT comment FROM system.databases WHERE name = {fresh:String}',
    { fresh },
    databaseSchema,
  )
  if (found !== undefined && found.comment !== mark)
    throw refuse(fresh, 'it is there, and no replay has made it')
  if (found !== undefined) await dropFreshDatabase(server, fresh)
  await changeSchema(server, `CREATE DATABASE ${fresh} ENGINE = Atomic COMMENT '${mark}'`)
}

/** Removes the database of a replay. */
export const dropFreshDatabase = (
  server: Pick<ClickHouse, 'command' | 'replicated'>,
  fresh: string,
): Promise<void> => changeSchema(server, `DROP DATABASE IF EXISTS ${nameSchema.parse(fresh)} SYNC`)
