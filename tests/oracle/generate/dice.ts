/** Chance from one number: the same seed, the same world. */
export interface Dice {
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  chance(p: number): boolean
  pick<const List extends readonly [unknown, ...unknown[]]>(list: List): List[number]
  /** n different ones, in the list's order. */
  some<T>(list: readonly T[], n: number): T[]
  shuffle<T>(list: readonly T[]): T[]
  /** Around a threshold: mostly the figure itself or one beside it, never below 0. */
  near(n: number): number
  /** A stream of its own. */
  fork(): Dice
}

export const diceOf = (seed: number): Dice => {
  let state = seed >>> 0
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  const shuffle = <T>(list: readonly T[]): T[] =>
    list
      .map(value => ({ value, key: next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ value }) => value)
  return {
    between,
    chance: p => next() < p,
    pick: list => list[between(0, list.length - 1)] ?? list[0],
    some: (list, n) => {
      const chosen = new Set(shuffle(list.map((_, i) => i)).slice(0, Math.max(0, n)))
      return list.filter((_, i) => chosen.has(i))
    },
    shuffle,
    near: n => Math.max(0, n + ([-1, 0, 0, 0, 1, between(-3, 6)][between(0, 5)] ?? 0)),
    fork: () => diceOf(Math.floor(next() * 4_294_967_296))
  }
}
