/** One event as it would be written; `looser` marks what the engine refuses and no JSON Schema can. */
export type Sample = {
  readonly name: string
  readonly event: Readonly<Record<string, unknown>>
  readonly verdict: 'valid' | 'invalid' | 'looser'
}

/** A sample that must pass. */
export const valid = (name: string, event: Sample['event']): Sample => ({ name, event, verdict: 'valid' })

/** A sample that must not pass. */
export const invalid = (name: string, event: Sample['event']): Sample => ({ name, event, verdict: 'invalid' })

/** A sample that the engine refuses and no JSON Schema can. */
export const looser = (name: string, event: Sample['event']): Sample => ({ name, event, verdict: 'looser' })

/** An event without some of its fields. */
export const without = (event: Sample['event'], ...names: string[]): Sample['event'] =>
  Object.fromEntries(Object.entries(event).filter(([name]) => !names.includes(name)))
