/** Reproducible chance: the same seed and the same words give the same numbers, whatever was asked before. */
export interface Chance {
  /** 0 to 1, 1 excluded. */
  at(...words: readonly (string | number)[]): number
  pick<Item>(items: readonly Item[], ...words: readonly (string | number)[]): Item
  /** A whole number from low to high, both included. */
  whole(low: number, high: number, ...words: readonly (string | number)[]): number
}

export const openChance = (seed: number): Chance => {
  const at = (...words: readonly (string | number)[]): number => mixed(`${seed} ${words.join(' ')}`)
  return {
    at,
    pick: (items, ...words) => {
      const item = items[Math.floor(at(...words) * items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    whole: (low, high, ...words) => low + Math.floor(at(...words) * (high - low + 1))
  }
}

/** FNV-1a with a final mix (murmur3's): even over short texts that differ in one digit. */
const mixed = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296
}
