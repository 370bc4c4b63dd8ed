import { resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { SentenceError } from '../../../contract/parse.ts'
import type { DatabaseName } from './schema.ts'

const Name = Type.String({ minLength: 1, maxLength: 200 })
const File = Type.String({ minLength: 1 })

/** `sinks: { influx: … }` of `collector.yaml`. Secrets are files, never values. */
export const InfluxConfig = Type.Object(
  {
    generation: Type.Enum([1, 2, 3], {
      description: '1: InfluxDB 1.x; 2: 2.x; 3: InfluxDB 3 Core (by its documentation, untested)'
    }),
    // Its form is looked at below: whoever writes an account into it must not find the password in a message.
    url: Type.String({ description: 'Where it answers, for example http://127.0.0.1:8086' }),
    database: Type.Optional(Name),
    rollup_database: Type.Optional(Name),
    username: Type.Optional(Name),
    password_file: Type.Optional(File),
    org: Type.Optional(Name),
    bucket: Type.Optional(Name),
    rollup_bucket: Type.Optional(Name),
    token_file: Type.Optional(File),
    ca_file: Type.Optional(
      Type.String({ minLength: 1, description: 'PEM of the authority that signed its certificate' })
    ),
    allow_link_local: Type.Optional(
      Type.Boolean({ description: 'Addresses such as 169.254.0.0/16 are refused unless this is set' })
    ),
    batch_points: Type.Optional(Type.Integer({ minimum: 100, maximum: 50_000 })),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 100, maximum: 600_000 })),
    history_points_per_s: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'How fast what is older than five minutes is filled in'
      })
    ),
    rollup_every_ms: Type.Optional(Type.Integer({ minimum: 50, maximum: 86_400_000 })),
    poll_ms: Type.Optional(Type.Integer({ minimum: 10, maximum: 600_000 }))
  },
  { additionalProperties: false }
)
export type InfluxConfig = Static<typeof InfluxConfig>

export interface InfluxSettings {
  readonly generation: 1 | 2 | 3
  readonly url: string
  /** Database (1.x, 3) or bucket (2.x) of each kind of point. */
  readonly databases: Readonly<Record<DatabaseName, string>>
  /** 2.x only. */
  readonly org: string | undefined
  readonly username: string | undefined
  readonly passwordFile: string | undefined
  readonly tokenFile: string | undefined
  readonly caFile: string | undefined
  readonly allowLinkLocal: boolean
  readonly batchPoints: number
  readonly timeoutMs: number
  readonly historyPointsPerS: number
  readonly rollupEveryMs: number
  readonly pollMs: number
}

/** Settings of a sink, with what belongs to its generation and nothing else. Throws a SentenceError that names the place in the file. */
export const influxSettingsOf = (config: InfluxConfig, directory: string, file = ''): InfluxSettings => {
  const place = (key: string): string => `${file === '' ? '' : `${file} `}/sinks/influx/${key}`
  const url = urlOf(config, place('url'))
  const buckets = config.generation === 2
  const foreign = buckets
    ? (['database', 'rollup_database', 'username', 'password_file'] as const)
    : config.generation === 1
      ? (['org', 'bucket', 'rollup_bucket', 'token_file'] as const)
      : (['org', 'bucket', 'rollup_bucket', 'username', 'password_file'] as const)
  for (const key of foreign)
    if (config[key] !== undefined)
      throw new SentenceError(
        `${place(key)} must be left out with generation ${config.generation}, got ${JSON.stringify(config[key])}`
      )
  if (buckets && config.org === undefined)
    throw new SentenceError(`${place('org')} must name the organization with generation 2, got nothing`)
  if (config.generation === 1 && (config.username === undefined) !== (config.password_file === undefined))
    throw new SentenceError(`${place('username')} and password_file must both be there, or neither`)
  if (config.username?.includes(':') === true)
    throw new SentenceError(
      `${place('username')} must be without a colon, which ends it on the way to the server (RFC 7617), got "${config.username}"`
    )
  const raw = (buckets ? config.bucket : config.database) ?? 'readiness'
  const rollup = (buckets ? config.rollup_bucket : config.rollup_database) ?? 'readiness_rollup'
  if (raw === rollup)
    throw new SentenceError(
      `${place(buckets ? 'rollup_bucket' : 'rollup_database')} must be another than that of raw readings, got "${rollup}" twice`
    )
  const at = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(directory, path)
  return {
    generation: config.generation,
    url,
    databases: { raw, rollup },
    org: config.org,
    username: config.username,
    passwordFile: at(config.password_file),
    tokenFile: at(config.token_file),
    caFile: at(config.ca_file),
    allowLinkLocal: config.allow_link_local ?? false,
    batchPoints: config.batch_points ?? 5_000,
    timeoutMs: config.timeout_ms ?? 30_000,
    historyPointsPerS: config.history_points_per_s ?? 20_000,
    rollupEveryMs: config.rollup_every_ms ?? 900_000,
    pollMs: config.poll_ms ?? 1_000
  }
}

/** Without the slash that a browser puts behind it. */
const urlOf = ({ generation, url }: InfluxConfig, place: string): string => {
  if (url.includes('@'))
    throw new SentenceError(
      `${place} must be without an account: set ${generation === 1 ? 'username and password_file' : 'token_file'} beside it`
    )
  if (!/^https?:\/\/[^/?#\s]+\/?$/.test(url) || !URL.canParse(url))
    throw new SentenceError(`${place} must be like http://127.0.0.1:8086, got "${url.slice(0, 80)}"`)
  return url.replace(/\/$/, '')
}
