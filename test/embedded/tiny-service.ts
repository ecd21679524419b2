/**
 * A service for tests: `node tiny-service.ts PORT [MODE]`. It listens, says so, and lives; a `frail` one ends at its
 * first client, and one that is to `fail` says why and ends.
 */
import { createServer } from 'node:net'

const [port, mode] = process.argv.slice(2)
if (mode === 'fail') {
  console.error('the last words')
  process.exit(3)
}
createServer((client) => {
  client.end()
  if (mode === 'frail') process.exit(7)
}).listen(Number(port), '127.0.0.1', () => console.log(`listening on ${port}`))
