import type { InfluxSettings } from './config.ts'
import type { DatabaseName } from './schema.ts'

/**
 * Where lines go. Timestamps are nanoseconds: readings of one millisecond are kept apart by the digits below it.
 * 1.x: /write; 2.x: /api/v2/write; 3 Core: its documented compatibility endpoint, where bucket is the database and org is not asked for.
 */
export const writePath = (
  settings: Pick<InfluxSettings, 'generation' | 'databases' | 'org'>,
  database: DatabaseName
): string => {
  const name = encodeURIComponent(settings.databases[database])
  switch (settings.generation) {
    case 1:
      return `/write?db=${name}&precision=ns`
    case 2:
      return `/api/v2/write?org=${encodeURIComponent(settings.org ?? '')}&bucket=${name}&precision=ns`
    case 3:
      return `/api/v2/write?bucket=${name}&precision=ns`
  }
}

/** InfluxQL that only reads. 2.x answers it where the bucket has a DBRP mapping. */
export const queryPath = (
  settings: Pick<InfluxSettings, 'databases'>,
  database: DatabaseName,
  statement: string
): string => `/query?db=${encodeURIComponent(settings.databases[database])}&epoch=ms&q=${encodeURIComponent(statement)}`
