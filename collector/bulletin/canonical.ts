import { createHash } from 'node:crypto'

/**
 * One text for one value: keys in code unit order, what is undefined left out, numbers as JavaScript prints them, no spaces.
 * Throws a TypeError for what JSON cannot say (NaN, functions, undefined in a list): it must never be frozen as something else.
 */
export const canonical = (value: unknown): string => (isInOrder(value) ? JSON.stringify(value) : textOf(value))

/** Whether JSON prints a value as it is to be. Nearly all of a city's evidence is so, and JSON prints it several times faster. */
const isInOrder = (value: unknown): boolean => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object': {
      if (value === null) return true
      if (Array.isArray(value)) return value.every(isInOrder)
      const entries = Object.entries(value)
      return entries.every(([key, inner], i) => (i === 0 || (entries[i - 1]?.[0] ?? '') < key) && isInOrder(inner))
    }
    default:
      return false
  }
}

const textOf = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON must hold finite numbers, got ${value}`)
      // -0 and 0 are one number, and JSON prints them alike.
      return JSON.stringify(value)
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
      return objectText(value)
    default:
      throw new TypeError(`canonical JSON must hold plain values, got ${typeof value}`)
  }
}

const objectText = (value: object): string => {
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}

/** Hex. */
export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex')
