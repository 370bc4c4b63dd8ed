import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { tiers } from '../contract/bandwidth.ts'
import { parse, SentenceError } from '../contract/parse.ts'
import { CheckTemplate } from './ledger/checks.ts'
import { forecastLine } from './leases/forecast.ts'
import { BandwidthConfig, policyOf } from './leases/policy.ts'
import type { Policy } from './leases/terms.ts'
import { InfluxConfig, influxSettingsOf, type InfluxSettings } from './sinks/influx/config.ts'

/** `collector.yaml`: where it listens, where it keeps its files, which ledger and packs it starts with. Paths are relative to the file. */
export const CollectorConfig = Type.Object(
  {
    listen: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(
            Type.String({ minLength: 1, description: 'Address to listen on; 127.0.0.1 keeps it to this machine' })
          ),
          port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 }))
        },
        { additionalProperties: false }
      )
    ),
    data: Type.String({ minLength: 1, description: 'Directory of the store, the key and the admin secret' }),
    public_url: Type.Optional(
      Type.String({ pattern: '^https?://[^/@]+$', description: 'How agents reach this collector' })
    ),
    ledger: Type.Optional(Type.String({ minLength: 1, description: 'Ledger file (YAML), read at every start' })),
    packs: Type.Optional(Type.String({ minLength: 1, description: 'Directory of target packs (YAML)' })),
    checks: Type.Optional(Type.Array(CheckTemplate, { description: 'What is measured; the defaults when left out' })),
    upload_ms: Type.Optional(
      Type.Integer({ minimum: 50, maximum: 3_600_000, description: 'How often agents upload when nothing changes' })
    ),
    fold_ms: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'Equal measurements within this time travel as one' })
    ),
    upkeep_ms: Type.Optional(Type.Integer({ minimum: 50, maximum: 3_600_000, description: 'Pause between rollups' })),
    bandwidth: Type.Optional(BandwidthConfig),
    calendars: Type.Optional(
      Type.String({ minLength: 1, description: 'Directory of school calendars (YAML); the shipped ones when left out' })
    ),
    sinks: Type.Optional(
      Type.Object(
        { influx: Type.Optional(InfluxConfig) },
        { additionalProperties: false, description: 'Where copies go; nowhere when left out' }
      )
    ),
    simulated: Type.Optional(
      Type.Boolean({ description: 'The schools are simulated: every page and export says so (模拟数据)' })
    ),
    log: Type.Optional(Type.Enum(['silent', 'error', 'warn', 'info', 'debug']))
  },
  { additionalProperties: false, $id: 'CollectorConfig' }
)
export type CollectorConfigFile = Static<typeof CollectorConfig>

export interface Settings {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly publicUrl: string | undefined
  readonly ledger: string | undefined
  readonly packs: string
  readonly checks: readonly CheckTemplate[] | undefined
  readonly uploadMs: number
  readonly foldMs: number
  readonly upkeepMs: number
  readonly bandwidth: Policy
  readonly calendars: string
  /** InfluxDB; undefined when no copy goes there. */
  readonly influx: InfluxSettings | undefined
  /** Every page and export says that its data are simulated. */
  readonly simulated: boolean
  readonly log: string
}

/** Reads and checks a collector's configuration. Throws a SentenceError with file, place, expectation and value. */
export const loadSettings = (file: string): Settings =>
  settingsOf(parse(CollectorConfig, readYaml(file), file), dirname(file), file)

/** What a configuration will cost the schools, before it is saved: a line a tier. */
export const costNotes = (file: string): string[] => {
  const { bandwidth } = loadSettings(file)
  return tiers
    .filter(tier => tier >= 100)
    .map(tier => `带宽测试流量 bandwidth tests, ${forecastLine(tier, bandwidth.budget)}`)
}

export const settingsOf = (config: CollectorConfigFile, directory: string, file?: string): Settings => ({
  host: config.listen?.host ?? '127.0.0.1',
  port: config.listen?.port ?? 8080,
  data: resolve(directory, config.data),
  publicUrl: config.public_url,
  ledger: config.ledger === undefined ? undefined : resolve(directory, config.ledger),
  packs: config.packs === undefined ? ownPacks : resolve(directory, config.packs),
  checks: config.checks,
  uploadMs: config.upload_ms ?? 60_000,
  foldMs: config.fold_ms ?? 300_000,
  upkeepMs: config.upkeep_ms ?? 2_000,
  bandwidth: policyOf(config.bandwidth, file === undefined ? '' : `${file} `),
  calendars: config.calendars === undefined ? ownCalendars : resolve(directory, config.calendars),
  influx: config.sinks?.influx === undefined ? undefined : influxSettingsOf(config.sinks.influx, directory, file),
  simulated: config.simulated ?? false,
  log: config.log ?? 'info'
})

const ownPacks = resolve(import.meta.dirname, '../deploy/targets')
const ownCalendars = resolve(import.meta.dirname, '../deploy/calendars')

/** YAML text to a value; a syntax error is a sentence with line and column. */
export const readYaml = (file: string): unknown => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new SentenceError(
      `${file} must be a readable file: ${cause instanceof Error ? cause.message : 'not readable'}`,
      '',
      { cause }
    )
  }
  try {
    return parseYaml(text, { maxAliasCount: 100 })
  } catch (cause) {
    const at = cause instanceof YAMLParseError ? cause.linePos?.[0] : undefined
    const place = at === undefined ? file : `${file} line ${at.line} column ${at.col}`
    throw new SentenceError(
      `${place} must be YAML: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : ''}`,
      '',
      { cause }
    )
  }
}
