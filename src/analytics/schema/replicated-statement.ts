import type { ClickHouse } from '../../runtime/clickhouse.ts'

const onCluster = "ON CLUSTER '{cluster}'"

/** What stands before the place of `ON CLUSTER` in each kind of statement that changes a schema. */
const heads = [
  /^(CREATE TABLE (?:IF NOT EXISTS )?[\w.]+)/,
  /^(DROP TABLE (?:IF EXISTS )?[\w.]+)/,
  /^(CREATE DATABASE (?:IF NOT EXISTS )?\w+)/,
  /^(DROP DATABASE (?:IF EXISTS )?\w+)/,
  // Several pairs: the cluster stands at the end.
  /^(EXCHANGE TABLES [\w., ]+)$/,
]

/** A statement without the comment lines before it. */
const withoutComments = (statement: string): string => statement.replace(/^(?:\s*--[^\n]*\n)+/, '').trim()

/**
 * A statement of the schema as replicas of one shard take it: it runs on every replica (`{cluster}` is a macro of the
 * server), and a MergeTree table becomes one that keeps its rows in step through Keeper. What changes a table that is
 * there (ALTER) goes to one replica; the table hands it on.
 */
export const replicatedStatement = (statement: string): string => {
  const plain = withoutComments(statement)
  const head = heads.find((pattern) => pattern.test(plain))
  const addressed = head === undefined ? plain : plain.replace(head, `$1 ${onCluster}`)
  return addressed.replace(
    /\bENGINE = ((?:Replacing|Aggregating|Summing)?MergeTree)/,
    'ENGINE = Replicated$1',
  )
}

/** Runs a statement that changes a schema, on every replica where there are several. */
export const changeSchema = (
  client: Pick<ClickHouse, 'command' | 'replicated'>,
  statement: string,
): Promise<void> => client.command(client.replicated ? replicatedStatement(statement) : statement)
