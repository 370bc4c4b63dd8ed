import type { Outcome } from '../../contract/reading.ts'

/** What a simulated device measured, before it is dressed for the wire. */
export interface Measured {
  readonly atMs: number
  /** `<device>-<name>`, of a tier test `<uplink>-tier`. */
  readonly check: string
  readonly outcome: Outcome
  readonly part?: string
  readonly reason?: string
  readonly fields: Readonly<Record<string, number>>
  readonly labels?: Readonly<Record<string, string>>
}

/** One device on one day. */
export interface DeviceDay {
  readonly device: string
  /** YYYY-MM-DD */
  readonly day: string
  /** When it measures: an instant of that day in the school's hours. */
  readonly atMs: number
  readonly isSchoolDay: boolean
}

/** Words like `few_days`: only two or three days of a month were measured, early enough to be in time. */
export const isOneOfFew = (day: string): boolean => ['-10', '-11', '-12', '-13'].some(end => day.endsWith(end))

/** `n` equal measurements as one reading. A simulated agent folds for longer than a real one. */
export const folded = (n: number, fields: Readonly<Record<string, number>> = {}): Record<string, number> => ({
  ...fields,
  folded_n: n
})
