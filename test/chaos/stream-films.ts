import type { FilmIntake } from '../../src/producers/receive-film.ts'
import type { ClinicStream } from '../../src/simulation/clinics/create-clinic-stream.ts'

export type StreamProgress = { sent: number }

export type Pace = {
  /** Films that wait for the engine. */
  readonly waiting: () => number
  /** How many films may have been sent by now, so that films flow as long as there are faults. */
  readonly due: () => number
  readonly pause: () => Promise<void>
}

/** Films that may wait for the engine before the clinics wait for it: recovery is then not hidden behind a backlog. */
const mostWaiting = 80

/**
 * Lets the clinics send their films, each clinic in its own order: a film that comes again then always comes after
 * the first one, whatever happens to Kafka.
 */
export const streamFilms = async (
  stream: ClinicStream,
  intake: Pick<FilmIntake, 'submit'>,
  progress: StreamProgress,
  pace: Pace,
): Promise<void> => {
  const lines = new Map<string, Promise<void>>()
  for await (const { index, siteId, bytes, sentAt } of stream) {
    while (pace.waiting() > mostWaiting || index >= pace.due()) await pace.pause()
    const before = lines.get(siteId) ?? Promise.resolve()
    const sent = before.then(async () => {
      await intake.submit({ siteId, file: bytes, receivedVia: 'simulation', receivedAt: sentAt })
      progress.sent += 1
    })
    // Whoever waits for all of them sees its failure.
    sent.catch(() => {})
    lines.set(siteId, sent)
  }
  await Promise.all(lines.values())
}
