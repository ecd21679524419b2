/**
 * Everything that is changed in kafkajs 2.2.4 (docs/adr/0001-kafkajs.md), made for the prototypes of that version: a test
 * pins it. Each says what it answers.
 */

/** What kafkajs keeps for each connection: requests that may not be sent yet, and the timer that looks after them. */
export type RequestQueue = {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests: () => void
}

/**
 * Lets the queues of a prototype look for waiting requests only while some wait. kafkajs 2.2.4 looks again a millisecond
 * after it has looked (it asks for a negative time), on every connection and for ever: two thirds of what a process that
 * waits costs. What is added to a queue later asks for a look itself.
 */
export const quietRequestQueue = (prototype: RequestQueue): void => {
  const schedule = prototype.scheduleCheckPendingRequests
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this)
  }
}

/** What kafkajs knows of its membership in a group. */
export type GroupMember = {
  /** Null before it has joined, and when the coordinator has forgotten it. */
  readonly memberId: string | null
  fetch: (nodeId: number) => Promise<unknown>
}

/** What kafkajs' loop answers by joining. */
class UnknownMember extends Error {
  readonly type = 'UNKNOWN_MEMBER_ID'

  constructor() {
    super('the coordinator is not aware of this member')
    this.name = 'UnknownMember'
  }
}

/**
 * Lets the members of a prototype fetch only while their group knows them. kafkajs 2.2.4 drops the id of a member that the
 * coordinator has forgotten and joins again; where that fails (the broker is away just then) it goes back to fetching, and
 * without an id it sends no heartbeat that would tell it to join: it fetched for ever what its group did not give it.
 */
export const fetchAsMember = (prototype: GroupMember): void => {
  const fetch = prototype.fetch
  prototype.fetch = async function (this: GroupMember, nodeId) {
    if (this.memberId === null) throw new UnknownMember()
    return fetch.call(this, nodeId)
  }
}

/** What kafkajs' member of a group knows of the cluster. */
export type BrokerSeeker = {
  /** Brokers to fetch from. */
  getNodeIds: () => readonly string[]
}

/**
 * Lets the members of a prototype go on where the only broker is away for a while. kafkajs 2.2.4 strikes a broker off that
 * closes a connection. Asked for more while it knows none, it gives up and starts the consumer again as a new member, and
 * the group shares nothing out until the session of the old one is over. A member that remembers the broker that it knew
 * last asks there, connects again when it is back, and still is who it was.
 */
export const outliveBroker = (prototype: BrokerSeeker): void => {
  const known = new WeakMap<BrokerSeeker, readonly string[]>()
  const getNodeIds = prototype.getNodeIds
  prototype.getNodeIds = function (this: BrokerSeeker) {
    const ids = getNodeIds.call(this)
    if (ids.length === 0) return known.get(this) ?? ids
    known.set(this, ids)
    return ids
  }
}

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
