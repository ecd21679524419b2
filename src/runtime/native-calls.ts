/**
 * Keeps a thread from being ended in the middle of a call into a native library. Node ends a thread by making every later
 * use of JavaScript fail, which node-addon-api answers with an exception that nobody catches: the whole process aborts.
 *
 * The thread says when it is in a call, whoever wants to end it that none may begin; each writes before it reads, so that
 * one of the two always sees the other.
 */
const calls = 0
const closed = 1

/** Shared by a thread and the one that may end it. */
export type NativeCalls = Int32Array<SharedArrayBuffer>

/** Of this thread. */
export const ownNativeCalls: NativeCalls = new Int32Array(new SharedArrayBuffer(8))

/** Runs what calls into a native library; never comes back in a thread that is being ended. */
export const callNative = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  Atomics.add(ownNativeCalls, calls, 1)
  const isClosed = Atomics.load(ownNativeCalls, closed) === 1
  try {
    if (!isClosed) return await work()
  } finally {
    Atomics.sub(ownNativeCalls, calls, 1)
    Atomics.notify(ownNativeCalls, calls)
  }
  return new Promise(() => {})
}

/** Lets no further call begin in a thread, and waits until those that have begun are over. */
export const closeNativeCalls = async (of: NativeCalls): Promise<void> => {
  Atomics.store(of, closed, 1)
  for (let open = Atomics.load(of, calls); open > 0; open = Atomics.load(of, calls))
    await Atomics.waitAsync(of, calls, open).value
}
