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
