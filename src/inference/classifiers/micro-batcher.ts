/** Collects single requests into batches. */
export type MicroBatcher<Input, Output> = { readonly add: (input: Input) => Promise<Output> }

export type MicroBatcherOptions<Input, Output> = {
  readonly maxBatch: number
  /** Longest wait for company, in milliseconds. */
  readonly maxWaitMs: number
  /** Answers in the order of the inputs. */
  readonly run: (inputs: readonly Input[]) => Promise<readonly Output[]>
}

type Waiting<Input, Output> = {
  readonly input: Input
  readonly resolve: (output: Output) => void
  readonly reject: (error: unknown) => void
}

/** Creates a batcher that runs a batch when it is full or when its first request has waited long enough. */
export const createMicroBatcher = <Input, Output>(
  options: MicroBatcherOptions<Input, Output>,
): MicroBatcher<Input, Output> => {
  let waiting: Waiting<Input, Output>[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting
    waiting = []
    options.run(batch.map(({ input }) => input)).then(
      (outputs) => {
        for (const [index, { resolve, reject }] of batch.entries()) {
          const output = outputs[index]
          if (output === undefined) reject(new Error('a batch came back with too few answers'))
          else resolve(output)
        }
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error)
      },
    )
  }
  return {
    add: (input) =>
      new Promise((resolve, reject) => {
        waiting.push({ input, resolve, reject })
        if (waiting.length >= options.maxBatch) flush()
        else timer ??= setTimeout(flush, options.maxWaitMs)
      }),
  }
}
