/** What was asked of Kafka may have been done; nobody has said so in time. */
export class NoAnswerError extends Error {
  readonly code = 'KAFKA_NO_ANSWER'
  readonly retryable = true

  constructor(limitMs: number) {
    super(`Kafka has not answered within ${limitMs} ms`)
    this.name = 'NoAnswerError'
  }
}

/** Longest wait for what a process does on its way out, well within its grace period: kafkajs asks on for a minute. */
export const leaveLimitMs = 5000

/** Waits for a part to take its leave of Kafka; one that cannot in time is left to the end of the process. */
export const leaveInTime = (leaving: Promise<void>, limitMs: number = leaveLimitMs): Promise<void> =>
  inTime(leaving, limitMs).catch((error: unknown) => {
    if (!(error instanceof NoAnswerError)) throw error
  })

export type AskOptions<Connection> = {
  readonly open: () => Promise<Connection>
  readonly close: (connection: Connection) => Promise<void>
  readonly limitMs: number
}

/** Asks over one connection, never longer than the limit. */
export type Ask<Connection> = {
  /** `limitMs` where this question has a limit of its own. */
  readonly ask: <Answer>(
    work: (connection: Connection) => Promise<Answer>,
    limitMs?: number,
  ) => Promise<Answer>
  /** Closes the connection; one that does not close in time is left to the end of the process. */
  readonly stop: () => Promise<void>
}

/** Rejects with NoAnswerError when the limit is over; what comes later is dropped. */
const inTime = async <Answer>(answer: Promise<Answer>, limitMs: number): Promise<Answer> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new NoAnswerError(limitMs)), limitMs)
  answer.catch(() => {})
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Opens a connection and asks over it. A broker that is killed can leave kafkajs waiting for good: a question without
 * an answer is given up with NoAnswerError, and the next one goes over a connection of its own, as the old one may
 * never answer again.
 */
export const createAsk = async <Connection>(options: AskOptions<Connection>): Promise<Ask<Connection>> => {
  const { open, close, limitMs } = options
  let current: Promise<Connection> | undefined = Promise.resolve(await open())
  const leave = (left: Promise<Connection>): void => {
    if (current !== left) return
    current = undefined
    // Nobody waits for it: it may hang as its questions do.
    void left.then(close).catch(() => {})
  }
  const connect = (): Promise<Connection> => {
    const opening = open()
    // One that does not come must not be asked again.
    opening.catch(() => {
      if (current === opening) current = undefined
    })
    return opening
  }
  return {
    ask: async (work, ownLimitMs = limitMs) => {
      const connection = (current ??= connect())
      try {
        return await inTime(connection.then(work), ownLimitMs)
      } catch (error) {
        if (error instanceof NoAnswerError) leave(connection)
        throw error
      }
    },
    stop: async () => {
      const left = current
      current = undefined
      if (left !== undefined) await leaveInTime(left.then(close), Math.min(limitMs, leaveLimitMs))
    },
  }
}
