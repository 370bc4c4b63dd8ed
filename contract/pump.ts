import type { Pacer } from './pacer.ts'

/** One stream that bytes go out by. `done` is called, never within the call, when the kernel has taken the slice. */
export interface Outlet {
  write(slice: Uint8Array, done: () => void): void
}

export interface Pump {
  /** Hands out what the pacer allows. Called every 2 ms; it also calls itself whenever a stream is free again. */
  run(): void
  /** Payload bytes handed out, never more than the limit. */
  bytes(): number
  /** How often a stream has become free: one that stops growing has stalled. */
  taken(): number
  stop(): void
}

/** Below this a write is not worth its packet headers: two full segments. */
const leastSlice = 2_896

/**
 * Sends one block again and again over several streams, paced in common and never beyond `maxBytes`. Each stream holds one slice at a
 * time, so that what a stop finds in this process is at most a slice a stream. `onAll` is called once, when the last byte was taken.
 */
export const openPump = (
  outlets: readonly Outlet[],
  block: Uint8Array,
  pacer: Pacer,
  maxBytes: number,
  onAll: () => void
): Pump => {
  const busy = outlets.map(() => false)
  let [bytes, taken, next, waiting, stopped] = [0, 0, 0, 0, false]

  const free = (index: number): void => {
    busy[index] = false
    waiting -= 1
    taken += 1
    if (stopped) return
    if (bytes < maxBytes) run()
    else if (waiting === 0) {
      stopped = true
      onAll()
    }
  }
  const give = (outlet: Outlet, index: number, size: number): void => {
    // Where a slice begins in the random block does not matter.
    const slice = block.subarray(0, size)
    busy[index] = true
    waiting += 1
    bytes += size
    pacer.take(size)
    outlet.write(slice, () => free(index))
  }
  const run = (): void => {
    if (stopped) return
    for (let turn = 0; turn < outlets.length; turn += 1) {
      const index = (next + turn) % outlets.length
      const outlet = outlets[index]
      if (outlet === undefined || busy[index] === true) continue
      const allowed = Math.min(pacer.available(), maxBytes - bytes)
      const share = Math.max(leastSlice, Math.ceil(allowed / (outlets.length - waiting)))
      const size = Math.min(allowed, share, block.length)
      if (size < 1 || (size < leastSlice && bytes + size < maxBytes)) break
      give(outlet, index, size)
    }
    next = (next + 1) % Math.max(1, outlets.length)
  }
  return {
    run,
    bytes: () => bytes,
    taken: () => taken,
    stop: () => {
      stopped = true
    }
  }
}
