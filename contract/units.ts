/** The unit is the last word of a field's name: `rtt_ms`, `down_mbps`, `loss_pct`. Names without one of these words are plain counts or 0/1. */
export const units = {
  ms: 'milliseconds',
  s: 'seconds',
  days: 'days',
  mbps: 'Mbit/s (10^6 bit/s)',
  kbps: 'kbit/s (10^3 bit/s)',
  bytes: 'bytes',
  pct: 'percent, 0 to 100',
  n: 'count',
  dbm: 'dBm',
  code: 'protocol status code'
} as const

export type Unit = keyof typeof units

/** The unit of a field by its last word, or undefined for a plain number. */
export const unitOf = (field: string): Unit | undefined => {
  const last = field.slice(field.lastIndexOf('_') + 1)
  return isUnit(last) ? last : undefined
}

const isUnit = (word: string): word is Unit => Object.hasOwn(units, word)
