/**
 * Runs ClickHouse in this process through chDB's library: `node clickhouse-process.ts LIBRARY ARG …`. The call
 * does not return while the server serves.
 */
import { DataType, load, open } from 'ffi-rs'

const [library, ...args] = process.argv.slice(2)
if (library === undefined) throw new Error('the path of the library is missing')
open({ library: 'chdb', path: library })
const argv = ['clickhouse', ...args]
load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [argv.length, argv],
})
// Reached only when the server has ended by itself.
process.exit(1)
