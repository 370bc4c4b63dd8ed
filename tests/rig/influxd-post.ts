import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { influxSettingsOf, type InfluxConfig, type InfluxSettings } from '../../collector/sinks/influx/config.ts'
import { openDelivery } from '../../collector/sinks/influx/delivery.ts'
import { loadSecrets } from '../../collector/sinks/influx/secrets.ts'
import { openTransport, type Transport } from '../../collector/sinks/influx/transport.ts'
import type { After } from './collector.ts'
import type { Influxd } from './influxd.ts'

/** Settings for a real server, as its writer. */
export const settingsFor = (
  influxd: Pick<Influxd, 'url' | 'writer'>,
  directory: string,
  more: Partial<InfluxConfig> = {}
): InfluxSettings => {
  writeFileSync(join(directory, 'password'), influxd.writer.password, { mode: 0o600 })
  const account = { username: influxd.writer.username, password_file: 'password' }
  return influxSettingsOf({ generation: 1, url: influxd.url, ...account, ...more }, directory)
}

/** A delivery that waits a hundredth of what it means to wait, and counts its requests. */
export const openPost = (
  after: After,
  influxd: Pick<Influxd, 'url' | 'writer'>,
  directory: string,
  more: Partial<InfluxConfig> = {}
) => {
  const settings = settingsFor(influxd, directory, more)
  const inner = openTransport(settings)
  const seen = { requests: 0, states: new Array<string>() }
  const transport: Transport = {
    ask: (request, access, until) => {
      seen.requests += 1
      return inner.ask(request, access, until)
    },
    close: inner.close
  }
  const delivery = openDelivery({
    settings,
    secrets: () => loadSecrets(settings),
    onState: state => void seen.states.push(state),
    now: Date.now,
    sleep: (ms, until) => pause(ms / 100, undefined, { signal: until }),
    random: Math.random,
    transport
  })
  after(() => delivery.close())
  return { ...delivery, settings, seen }
}
