/** What kafkajs knows of the last request of a member. */
export type BeatingMember = {
  /** By the clock of the machine, in milliseconds. */
  lastRequest: number
  heartbeat: (options: { readonly interval: number }) => Promise<unknown>
}

/**
 * Lets the members of a prototype beat on when the clock of the machine jumps backward. kafkajs 2.2.4 sends a heartbeat when
 * the clock has passed the last one by the interval: set back by an hour it sent none for an hour, was put out of its group, and
 * did not even learn that.
 */
export const outliveClock = (prototype: BeatingMember): void => {
  const heartbeat = prototype.heartbeat
  prototype.heartbeat = async function (this: BeatingMember, options) {
    if (this.lastRequest > Date.now()) this.lastRequest = 0
    return heartbeat.call(this, options)
  }
}
