/** The part of kafkajs' queue of requests that is used; the package brings no types for it. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  type PushedRequest = {
    readonly entry: {
      readonly correlationId: number
      readonly resolve: () => void
      readonly reject: () => void
    }
    readonly expectResponse: boolean
    readonly sendRequest: () => void
  }
  class RequestQueue {
    constructor(options: {
      readonly maxInFlightRequests: number
      readonly requestTimeout: number
      readonly enforceRequestTimeout: boolean
      readonly clientId: string
      readonly broker: string
      readonly logger: { readonly debug: () => void; readonly warn: () => void }
    })
    readonly pending: readonly unknown[]
    readonly throttleCheckTimeoutId: unknown
    push(request: PushedRequest): void
    fulfillRequest(response: {
      readonly correlationId: number
      readonly payload: Buffer
      readonly size: number
    }): void
    scheduleCheckPendingRequests(): void
    destroy(): void
  }
  export default RequestQueue
}
