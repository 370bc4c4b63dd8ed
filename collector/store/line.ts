/** Calls to a thread and its answers, paired by number. */
export type Caller = (operation: string, args: readonly unknown[]) => Promise<unknown>

export interface Line {
  readonly call: Caller
  /** The greeting that a thread sends when it can take calls. */
  readonly ready: Promise<unknown>
  /** Rejects what waits, and every later call. */
  fail(error: Error): void
}

interface Port {
  postMessage(message: unknown): void
  on(event: 'message', listener: (answer: Answer) => void): unknown
}
interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: Error
}

export const openLine = (port: Port): Line => {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let last = 0
  let dead: Error | undefined
  const ready = new Promise<unknown>((resolve, reject) => waiting.set(0, { resolve, reject }))
  ready.catch(() => undefined)
  port.on('message', answer => {
    const call = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.error !== undefined) call?.reject(answer.error)
    else call?.resolve(answer.value)
  })
  return {
    ready,
    call: (operation, args) => {
      if (dead !== undefined) return Promise.reject(dead)
      const id = ++last
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        port.postMessage({ id, operation, args })
      })
    },
    fail: error => {
      dead = error
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    }
  }
}
