import { specOf, type DatabaseName } from './schema.ts'

/** A field as it lies in a database; one that has several types in several shards comes several times. */
export interface StoredField {
  readonly measurement: string
  readonly field: string
  /** float, integer, string, boolean or unsigned. */
  readonly type: string
}
export interface TypeConflict extends StoredField {
  readonly ours: 'float' | 'integer'
}

/**
 * Fields that are there with another type than ours: InfluxDB would refuse every point with them, one by one, so nothing is written before that is
 * mended. Measurements that are not ours may be as they like. A measurement of readings carries the agents' own fields as floats.
 */
export const conflictsOf = (database: DatabaseName, stored: readonly StoredField[]): readonly TypeConflict[] =>
  stored.flatMap(one => {
    const spec = specOf(one.measurement)
    if (spec?.database !== database) return []
    const ours = spec.fields[one.field]?.type ?? (spec.ofReadings === true ? 'float' : undefined)
    return ours === undefined || ours === one.type ? [] : [{ ...one, ours }]
  })
