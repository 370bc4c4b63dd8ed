import type { Store } from '../collector/store/store.ts'
import { sinkName } from './sink-settings.ts'
import { most } from './stats.ts'

/** How the poisons were found: each alone, and how long after the server first refused the lines it was among. */
export interface Isolation {
  /** Serial numbers of readings that became dead letters, and how many letters there were of each. */
  readonly letters: ReadonlyMap<number, number>
  /** Reason and answer of letters whose line is no poison of ours, or that hold another reason than the server's. */
  readonly strange: readonly string[]
  /** Longest time from the first refusal to the letter, ms. */
  readonly longestMs: number
}
export interface LetterWatch {
  /** Lines that the server (or the proxy) refused with 400, as they pass. */
  refused(lines: readonly string[], atMs: number): void
  /** Looks at what became a letter since the last look. */
  look(): Promise<void>
  found(): Isolation
}

/** NaN of what is no reading of the feed. */
const serialOf = (line: string): number => Number(/serial_n=(\d+)/.exec(line)?.[1])

/** Follows the dead letters of a store. `isPoison`: whether a reading was planted to be refused. */
export const watchLetters = (store: Store, isPoison: (serial: number) => boolean, now: () => number): LetterWatch => {
  const firstRefused = new Map<number, number>()
  const letters = new Map<number, number>()
  const tookMs: number[] = []
  const strange: string[] = []
  let last = 0
  return {
    refused: (lines, atMs) => {
      for (const line of lines) {
        const serial = serialOf(line)
        if (isPoison(serial) && !firstRefused.has(serial)) firstRefused.set(serial, atMs)
      }
    },
    look: async () => {
      for (const letter of await store.deadLetters(sinkName, last, 1_000)) {
        last = letter.id
        const serial = serialOf(letter.line)
        if (!isPoison(serial) || letter.reason !== 'server_refused') {
          strange.push(`${letter.reason}: ${letter.answer} ${letter.line}`)
          continue
        }
        letters.set(serial, (letters.get(serial) ?? 0) + 1)
        tookMs.push(now() - (firstRefused.get(serial) ?? NaN))
      }
    },
    found: () => ({ letters, strange, longestMs: most(tookMs) })
  }
}
