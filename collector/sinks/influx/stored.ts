import Type, { type Static, type TSchema } from 'typebox'
import { fits } from '../../../contract/parse.ts'
import type { InfluxSettings } from './config.ts'
import type { StoredField } from './field-types.ts'
import { queryPath } from './paths.ts'
import { identifier } from './quoting.ts'
import type { DatabaseName } from './schema.ts'
import type { Access, Reply, Transport } from './transport.ts'

/** What the server says about a database of its own; undefined when it does not let us know (no right to read, no DBRP mapping). */
export interface Stored {
  readonly fields: readonly StoredField[] | undefined
  /** How long it keeps points; 0: for ever. */
  readonly retentionMs: number | undefined
}

/** Reads and never writes. Rejects when the signal aborts; a lost answer is `lost`. */
export const storedIn = async (
  settings: InfluxSettings,
  database: DatabaseName,
  { transport, access, signal }: { transport: Transport; access: Access; signal: AbortSignal }
): Promise<Stored | Extract<Reply, { kind: 'lost' }>> => {
  const get = (path: string): Promise<Reply> => transport.ask({ method: 'GET', path }, access, signal)
  const name = settings.databases[database]
  const keys = await get(queryPath(settings, database, 'SHOW FIELD KEYS'))
  if (keys.kind === 'lost') return keys
  const fields = tablesOf(keys)?.flatMap(({ name: measurement = '', values }) =>
    values.map(([field, type]) => ({ measurement, field: String(field), type: String(type) }))
  )
  switch (settings.generation) {
    case 1: {
      const policies = await get(queryPath(settings, database, `SHOW RETENTION POLICIES ON ${identifier(name)}`))
      return policies.kind === 'lost' ? policies : { fields, retentionMs: defaultDurationOf(policies) }
    }
    case 2: {
      const org = encodeURIComponent(settings.org ?? '')
      const buckets = await get(`/api/v2/buckets?org=${org}&name=${encodeURIComponent(name)}`)
      return buckets.kind === 'lost' ? buckets : { fields, retentionMs: bucketRetentionOf(buckets, name) }
    }
    case 3:
      // 3 Core keeps what it says in its own tables, by databases and tables; nothing is read from there.
      return { fields, retentionMs: undefined }
  }
}

const Tables = Type.Object({
  results: Type.Array(
    Type.Object({
      error: Type.Optional(Type.String()),
      series: Type.Optional(
        Type.Array(
          Type.Object({
            name: Type.Optional(Type.String()),
            columns: Type.Array(Type.String()),
            values: Type.Optional(Type.Array(Type.Array(Type.Unknown())))
          })
        )
      )
    })
  )
})
type Table = {
  readonly name?: string
  readonly columns: readonly string[]
  readonly values: readonly (readonly unknown[])[]
}

/** undefined for an error, also one of a single statement. */
export const tablesOf = (reply: Extract<Reply, { kind: 'answered' }>): readonly Table[] | undefined => {
  const answer = jsonOf(Tables, reply)
  if (answer === undefined || answer.results.some(({ error }) => error !== undefined)) return undefined
  return answer.results.flatMap(({ series = [] }) => series.map(({ values = [], ...rest }) => ({ ...rest, values })))
}

/** Of the policy that a write without `rp` goes to. */
const defaultDurationOf = (reply: Extract<Reply, { kind: 'answered' }>): number | undefined => {
  const [table] = tablesOf(reply) ?? []
  if (table === undefined) return undefined
  const row = table.values.find(values => values[table.columns.indexOf('default')] === true)
  return row === undefined ? undefined : durationMs(String(row[table.columns.indexOf('duration')]))
}

/** As Go writes it: `1440h0m0s`, `0s`. */
export const durationMs = (text: string): number | undefined => {
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(\d+)s$/.exec(text) ?? []
  return seconds === undefined
    ? undefined
    : (Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds)) * 1_000
}

const Buckets = Type.Object({
  buckets: Type.Array(
    Type.Object({ name: Type.String(), retentionRules: Type.Array(Type.Object({ everySeconds: Type.Number() })) })
  )
})

const bucketRetentionOf = (reply: Extract<Reply, { kind: 'answered' }>, name: string): number | undefined => {
  const bucket = jsonOf(Buckets, reply)?.buckets.find(one => one.name === name)
  return bucket === undefined ? undefined : (bucket.retentionRules[0]?.everySeconds ?? 0) * 1_000
}

const jsonOf = <T extends TSchema>(
  schema: T,
  { status, body }: Extract<Reply, { kind: 'answered' }>
): Static<T> | undefined => {
  if (status !== 200) return undefined
  let raw: unknown
  try {
    raw = JSON.parse(body)
  } catch {
    return undefined
  }
  return fits(schema, raw) ? raw : undefined
}
