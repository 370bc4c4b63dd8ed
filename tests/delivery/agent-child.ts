import { readFileSync, writeSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { pino } from 'pino'
import { startAgent } from '../../agent/agent.ts'
import { loadAgentSettings } from '../../agent/config.ts'
import type { Probe } from '../../agent/probe.ts'
import { thisSystem } from '../../agent/system.ts'

/**
 * A real agent with one probe that counts. It prints `recorded SERIAL WALL_MS` once a reading is on disk, so that the test knows what must
 * arrive exactly once, and with which time. Killed with -9 whenever the test likes.
 */
const [config, firstSerial] = process.argv.slice(2)
if (config === undefined || firstSerial === undefined) throw new Error('agent-child.ts CONFIG FIRST_SERIAL')

let serial = Number(firstSerial)
let unsaid: string[] = []

const count: Probe = {
  name: 'count',
  summary: 'counts its runs',
  everyMs: 100,
  timeoutMs: 5_000,
  options: {},
  reasons: {},
  prepare: () => context => {
    const wallMs = context.now()
    return Promise.resolve(
      Array.from({ length: 3 }, () => {
        serial += 1
        unsaid.push(`recorded ${serial} ${wallMs}`)
        return { outcome: 'ok' as const, fields: { serial_n: serial } }
      })
    )
  }
}

const settings = loadAgentSettings(config)
const agent = startAgent(settings, {
  system: thisSystem(),
  probes: [count],
  log: pino({ level: settings.log, base: null }, pino.destination(2)),
  onRecorded: () => {
    const lines = unsaid
    unsaid = []
    writeSync(1, `${lines.join('\n')}\n`)
  }
})
writeSync(1, `up ${Math.round(performance.now())} ${readFileSync('/proc/self/comm', 'utf8')}`)
process.once('SIGTERM', () => {
  void agent.stop('sigterm').then(() => process.exit(0))
})
