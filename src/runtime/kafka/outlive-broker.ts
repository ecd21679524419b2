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
