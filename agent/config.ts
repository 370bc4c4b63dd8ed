import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { parse, SentenceError } from '../contract/parse.ts'

/** `agent.yaml`: only what is local. What is measured comes from the collector. Paths are relative to the file. */
export const AgentConfig = Type.Object(
  {
    url: Type.String({ pattern: '^https?://[^/@]+$', description: 'The collector, for example http://10.1.2.3:8080' }),
    data: Type.String({
      minLength: 1,
      description: 'Directory of the key, the enrolment, the spool and the last good configuration'
    }),
    spool: Type.Optional(
      Type.Object(
        {
          max_bytes: Type.Optional(
            Type.Integer({
              minimum: 65_536,
              description: 'Readings kept at most; the oldest go first and leave a gap record'
            })
          )
        },
        { additionalProperties: false }
      )
    ),
    retry: Type.Optional(
      Type.Object(
        {
          first_ms: Type.Optional(
            Type.Integer({ minimum: 0, description: 'Longest first delay after the connection was lost' })
          ),
          base_ms: Type.Optional(Type.Integer({ minimum: 1 })),
          cap_ms: Type.Optional(Type.Integer({ minimum: 1 })),
          refused_ms: Type.Optional(Type.Integer({ minimum: 1, description: 'Delay after 401 and 403' }))
        },
        { additionalProperties: false }
      )
    ),
    log: Type.Optional(Type.Enum(['silent', 'error', 'warn', 'info', 'debug']))
  },
  { additionalProperties: false, $id: 'AgentConfig' }
)

export interface AgentSettings {
  readonly url: string
  readonly data: string
  readonly maxSpoolBytes: number
  readonly retry: Retry
  readonly log: string
}

/** Delays of uploads, ms. Full jitter: each is uniform between 0 and its bound. */
export interface Retry {
  readonly firstMs: number
  readonly baseMs: number
  readonly capMs: number
  readonly refusedMs: number
}

/** Reads and checks an agent's configuration. Throws a SentenceError with file, place, expectation and value. */
export const loadAgentSettings = (file: string): AgentSettings =>
  agentSettingsOf(parse(AgentConfig, readYaml(file), file), dirname(file))

export const agentSettingsOf = (config: Static<typeof AgentConfig>, directory: string): AgentSettings => ({
  url: config.url,
  data: resolve(directory, config.data),
  maxSpoolBytes: config.spool?.max_bytes ?? 64 * 1_048_576,
  retry: {
    firstMs: config.retry?.first_ms ?? 60_000,
    baseMs: config.retry?.base_ms ?? 8_000,
    capMs: config.retry?.cap_ms ?? 300_000,
    refusedMs: config.retry?.refused_ms ?? 300_000
  },
  log: config.log ?? 'info'
})

const readYaml = (file: string): unknown => {
  try {
    return parseYaml(readFileSync(file, 'utf8'), { maxAliasCount: 100 })
  } catch (cause) {
    const at = cause instanceof YAMLParseError ? cause.linePos?.[0] : undefined
    const place = at === undefined ? file : `${file} line ${at.line} column ${at.col}`
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'not readable'
    throw new SentenceError(`${place} must be a readable YAML file: ${why}`, '', { cause })
  }
}
