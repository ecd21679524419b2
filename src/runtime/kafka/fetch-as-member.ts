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
