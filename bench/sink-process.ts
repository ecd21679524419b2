/** A sink of a group in a process of its own; its argument says which and where. Ends when it is let go. */
import { once } from 'node:events'
import process from 'node:process'
import { z } from 'zod'
import { startMeasuredSink } from './measured-sink.ts'
import { connectServices } from './support.ts'

const { groupId, addresses } = z
  .object({
    groupId: z.string(),
    addresses: z.object({
      broker: z.string(),
      clickhouse: z.object({
        url: z.string(),
        username: z.string(),
        password: z.string(),
        database: z.string(),
      }),
    }),
  })
  .parse(JSON.parse(process.argv[2] ?? '{}'))
const clients = connectServices(addresses)
const stop = await startMeasuredSink(clients, groupId)
await once(process, 'disconnect')
await stop()
await clients.clickhouse.close()
