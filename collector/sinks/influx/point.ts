import { measurements, type DatabaseName, type MeasurementName } from './schema.ts'

/** One point before it is written down. Sources make them, `line.ts` checks them and turns them into line protocol. */
export interface Point {
  readonly database: DatabaseName
  readonly measurement: string
  /** Tag keys that are not given are `none`; keys that the measurement does not have are refused. */
  readonly tags: Readonly<Record<string, string>>
  /** Tags of this point alone. `tags` is then one object for all points of a place, and its text is made once. */
  readonly own?: Readonly<Record<string, string>> | undefined
  /** Finite numbers of ours; which of them are integers the schema says. */
  readonly fields: Readonly<Record<string, number>>
  /** An agent's own fields, always floats. Apart, so that none of them passes for one of ours. */
  readonly measured?: Readonly<Record<string, number>> | undefined
  /** ms since 1970. */
  readonly atMs: number
  /** Nanoseconds after it, less than a million: what keeps points apart that share millisecond and series. */
  readonly offsetNs: number
  /** The batch it comes from, 0 for none. */
  readonly arrival: number
  /** What its source knows to be wrong with it: it is never sent. */
  readonly refused?: Refusal | undefined
}

export interface Refusal {
  readonly fault: PointFault
  /** A sentence: place, expectation, value. */
  readonly says: string
}

/** A figure or a state of the moment, dated to the millisecond: it comes of no batch. */
export const figure = (
  measurement: MeasurementName,
  tags: Point['tags'],
  fields: Point['fields'],
  atMs: number
): Point => ({ database: measurements[measurement].database, measurement, tags, fields, atMs, offsetNs: 0, arrival: 0 })

/** A point as one line, ready to be sent; or why it never will be. */
export type Written =
  | { readonly line: string; readonly point: Point }
  /** The line is then a readable text and no line protocol. */
  | (Refusal & { readonly line: string; readonly point: Point })

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
