import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { influxSettingsOf, type InfluxConfig, type InfluxSettings } from '../../collector/sinks/influx/config.ts'
import { openDelivery } from '../../collector/sinks/influx/delivery.ts'
import { loadSecrets } from '../../collector/sinks/influx/secrets.ts'
import type { After } from './collector.ts'
import type { InfluxDouble } from './influx-double.ts'

/** Never to be seen outside the requests. */
export const canaries = { password: 'canary-Passwort-7f3a', token: 'canary-token-9c1e==' } as const

/** Settings for a server, with its secrets in files of a directory. */
export const settingsFor = (
  server: { readonly url: string; readonly generation: 1 | 2 | 3 },
  directory: string,
  more: Partial<InfluxConfig> = {}
): InfluxSettings => {
  writeFileSync(join(directory, 'password'), `${canaries.password}\n`, { mode: 0o600 })
  writeFileSync(join(directory, 'token'), `${canaries.token}\n`, { mode: 0o600 })
  const account =
    server.generation === 1
      ? { username: 'campus_gauge', password_file: 'password' }
      : { token_file: 'token', ...(server.generation === 2 ? { org: 'bureau' } : {}) }
  return influxSettingsOf({ generation: server.generation, url: server.url, ...account, ...more }, directory)
}

export const authorizationOf = (generation: 1 | 2 | 3): string =>
  generation === 1
    ? `Basic ${Buffer.from(`campus_gauge:${canaries.password}`).toString('base64')}`
    : `Token ${canaries.token}`

/** A delivery whose clock only moves when it waits. */
export const openPost = (
  after: After,
  double: InfluxDouble,
  directory: string,
  { random = () => 0.5, ...more }: Partial<InfluxConfig> & { random?: () => number } = {}
) => {
  const settings = settingsFor(double, directory, more)
  double.authorization = authorizationOf(double.generation)
  const waits: number[] = []
  const states: string[] = []
  let nowMs = Date.UTC(2026, 10, 22)
  /** Called before a wait ends. */
  const meanwhile: { now: (ms: number) => void } = { now: () => undefined }
  const delivery = openDelivery({
    settings,
    secrets: () => loadSecrets(settings),
    onState: (state, sentence) => void states.push(sentence === '' ? state : `${state}: ${sentence}`),
    now: () => nowMs,
    sleep: async (ms, signal) => {
      waits.push(ms)
      nowMs += ms
      meanwhile.now(ms)
      await new Promise(setImmediate)
      signal.throwIfAborted()
    },
    random
  })
  after(() => delivery.close())
  const { signal } = new AbortController()
  return {
    settings,
    waits,
    states,
    meanwhile,
    write: (lines: readonly string[], until: AbortSignal = signal) => delivery.write('raw', lines, until)
  }
}

/** n lines of n points. */
export const linesOf = (n: number): string[] =>
  Array.from({ length: n }, (_, i) => `ping,device=d${i % 97} took_ms=${i} ${1_760_000_000_000 + i}000000`)
