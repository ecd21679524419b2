/** The part of kafkajs' membership in a group that is used; the package brings no types for it. */
declare module 'kafkajs/src/consumer/consumerGroup.js' {
  class ConsumerGroup {
    readonly memberId: string | null
    fetch(nodeId: number): Promise<unknown>
    getNodeIds(): readonly string[]
    lastRequest: number
    heartbeat(options: { readonly interval: number }): Promise<unknown>
  }
  export default ConsumerGroup
}
