/**
 * A service for tests: `node tiny-service.ts PORT [MODE]`. It listens, says so, and lives; a `frail` one ends at its
 * first client, a `full` one says that its disk is full then, and one that is to `fail` says why and ends. At SIGUSR2 it closes its
 * port.
 */
import { createServer } from 'node:net'

const [port, mode] = process.argv.slice(2)
if (mode === 'fail') {
  console.error('the last words')
  process.exit(3)
}
const server = createServer((client) => {
  client.end()
  if (mode === 'full') console.error('java.io.IOException: No space left on device')
  if (mode === 'frail' || mode === 'full') process.exit(7)
})
// It lives, and nobody can come to it.
process.on('SIGUSR2', () => {
  server.close()
  setInterval(() => {}, 1000)
})
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on ${port}`))
