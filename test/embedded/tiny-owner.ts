/** An engine for tests: `node tiny-owner.ts FOLDER`. It runs a tiny service over the folder until it is killed. */
import { runService } from '../../src/embedded/run-service.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { tinyPlan } from './tiny-plan.ts'

await runService(await tinyPlan(process.argv[2] ?? ''), { logger: silentLogger, onGiveUp: console.error })
console.log('up')
process.stdin.resume()
