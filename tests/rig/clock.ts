/** A clock that the test moves; timers fire in order as it passes them. */
export interface FakeClock {
  readonly now: () => number
  readonly setTimer: (work: () => void, ms: number) => () => void
  /** Moves on, fires what is due, and lets promises settle in between. */
  advance(ms: number): Promise<void>
  /** The machine slept: all that time passes before any timer can fire. */
  jump(ms: number): Promise<void>
  /** Lets promises settle. */
  settle(): Promise<void>
  readonly timers: () => number
}

export const fakeClock = (startMs = 1_000_000): FakeClock => {
  let nowMs = startMs
  let last = 0
  const timers = new Map<number, { atMs: number; work: () => void }>()
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn++) await new Promise(resolve => setImmediate(resolve))
  }
  const nextDue = (untilMs: number) =>
    [...timers].filter(([, timer]) => timer.atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0]
  const fireUntil = async (untilMs: number): Promise<void> => {
    for (let due = nextDue(untilMs); due !== undefined; due = nextDue(untilMs)) {
      const [id, timer] = due
      timers.delete(id)
      nowMs = Math.max(nowMs, timer.atMs)
      timer.work()
      await settle()
    }
    nowMs = Math.max(nowMs, untilMs)
  }
  return {
    now: () => nowMs,
    setTimer: (work, ms) => {
      const id = ++last
      timers.set(id, { atMs: nowMs + ms, work })
      return () => void timers.delete(id)
    },
    advance: async ms => {
      const untilMs = nowMs + ms
      await settle()
      await fireUntil(untilMs)
    },
    jump: async ms => {
      nowMs += ms
      await fireUntil(nowMs)
    },
    settle,
    timers: () => timers.size
  }
}
