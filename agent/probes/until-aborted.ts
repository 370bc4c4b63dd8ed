/**
 * The end of work that cannot be stopped (a name lookup of the system), or the abort, whichever is first. Rejects with the
 * signal's reason; what the work does later is nobody's business, and never an unhandled rejection.
 */
export const untilAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const abort = () => reject(reasonOf(signal))
  const settle = (then: () => void) => {
    signal.removeEventListener('abort', abort)
    then()
  }
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  work.then(
    value => settle(() => resolve(value)),
    (cause: unknown) => settle(() => reject(cause instanceof Error ? cause : new Error(String(cause))))
  )
  return promise
}

const reasonOf = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError')

/** A signal that also aborts after so many ms. The timer does not hold the process, and dies with the signal. */
export const atMost = (signal: AbortSignal, ms: number): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(Math.max(0, Math.ceil(ms)))])
