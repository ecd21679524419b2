import type { DeadLetterCode, RejectionReason } from '../../contracts/reasons.ts'
import type { Outcome } from '../../runtime/outcome.ts'
import type { Telemetry } from '../../runtime/telemetry.ts'

export type StepOutcome<Value> = Outcome<Value, RejectionReason, DeadLetterCode>

/** A named step: it goes on with a value, or ends the film with a reason or a code. */
export type Step<Input, Output> = (input: Input) => Promise<StepOutcome<Output>>

/** Steps in a row; the first that does not say ok ends it. */
export type Pipeline<Input, Output> = {
  readonly step: <Next>(next: Step<Output, Next>) => Pipeline<Input, Next>
  readonly run: Step<Input, Output>
}

const extend = <Input, Output>(telemetry: Telemetry, run: Step<Input, Output>): Pipeline<Input, Output> => ({
  run,
  step: (next) =>
    extend(telemetry, async (input) => {
      const before = await run(input)
      return before.kind === 'ok' ? telemetry.span(next.name, {}, () => next(before.value)) : before
    }),
})

/** Starts a pipeline; each step runs in a span of its own name. */
export const pipeline = <Input>(telemetry: Telemetry): Pipeline<Input, Input> =>
  extend(telemetry, async (value) => ({ kind: 'ok', value }))
