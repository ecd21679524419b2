/** A process that does nothing but watch its own timer: the event-loop delay that the machine itself causes. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

const delay = monitorEventLoopDelay({ resolution: 5 })
process.on('message', (message) => {
  if (message === 'start') {
    delay.reset()
    delay.enable()
  } else {
    delay.disable()
    process.send?.(delay.percentile(99) / 1e6)
  }
})
process.send?.('ready')
