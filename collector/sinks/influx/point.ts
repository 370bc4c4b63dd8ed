import type { DatabaseName } from './schema.ts'

/** One point before it is written down. Sources make them, `line.ts` checks them and turns them into line protocol. */
export interface Point {
  readonly database: DatabaseName
  readonly measurement: string
  /** Tag keys that are not given are `none`; keys that the measurement does not have are refused. */
  readonly tags: Readonly<Record<string, string>>
  /** Finite numbers; which of them are integers the schema says. */
  readonly fields: Readonly<Record<string, number>>
  /** ms since 1970. */
  readonly atMs: number
  /** Nanoseconds after it: 0, but for readings that share millisecond, check and part. */
  readonly offsetNs: number
  /** The batch it comes from, 0 for none. */
  readonly arrival: number
}

/** A point as one line, ready to be sent; or why it never will be. */
export type Written =
  | { readonly line: string; readonly point: Point }
  | { readonly fault: PointFault; readonly says: string; readonly line: string; readonly point: Point }

/** Why a point is refused before it is sent. `server_refused` is said of those that the database itself did not take. */
export const pointFaults = [
  'bad_tag',
  'bad_name',
  'reserved_field',
  'field_type',
  'not_finite',
  'no_field',
  'time_out_of_range',
  'too_many_parts',
  'unregistered'
] as const
export type PointFault = (typeof pointFaults)[number]
