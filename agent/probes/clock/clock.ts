import { performance } from 'node:perf_hooks'
import Type from 'typebox'
import { parse } from '../../../contract/parse.ts'
import { Unavailable, type Probe, type ProbeContext, type Reading } from '../../probe.ts'
import { atMost, untilAborted } from '../until-aborted.ts'
import { judge } from './judge.ts'
import { parseServer, type Server } from './server.ts'
import { poll, type Polled } from './sntp.ts'

const Options = Type.Object(
  {
    servers: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 300 }), { maxItems: 4 })),
    samples: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 }))
  },
  { additionalProperties: false }
)

/** A server that says RATE is asked less often, one that says anything else is left alone for a day (RFC 5905 section 7.4). */
const rateQuietMs = 3_600_000
const denyQuietMs = 86_400_000
/** The servers get this much of the run; the rest is the collector's. */
const serversShare = 0.6
const collectorShare = 0.9

export interface ClockDeps {
  monotonicMs(): number
}

/** The probe with the clock of its memory as a parameter; `clock` is the real one. */
export const clockProbe = (deps: ClockDeps): Probe => ({
  name: 'clock',
  summary: 'how far the clock of this machine is off, by SNTP or else by the collector',
  everyMs: 900_000,
  timeoutMs: 10_000,
  options: Options,
  reasons: {
    clock_off: 'the clock of this machine is off by more than 2 s',
    clock_wrong: 'the clock of this machine is off by more than 30 s',
    no_time_source: 'neither a time server nor the collector told the time',
    kiss_of_death: 'the time server asks us to stay away, and the collector did not tell the time'
  },
  fold: { delay_ms: 'min' },
  prepare(raw) {
    const options = parse(Options, raw, 'clock options')
    const servers = (options.servers ?? []).map(parseServer)
    // Servers that sent a kiss-o'-death, and until when they are left alone.
    const quiet = new Map<string, { readonly untilMs: number; readonly kiss: string }>()

    return async context => {
      const started = performance.now()
      const polls = await pollAll(servers, options.samples ?? 3, quiet, deps, context)
      const best = polls.flatMap(one => one.samples).toSorted((a, b) => a.delayMs - b.delayMs)[0]
      const kiss = polls.find(one => one.kiss !== undefined)?.kiss
      const labels = kiss === undefined ? {} : { kiss }
      if (best !== undefined) {
        const fields = {
          offset_ms: best.offsetMs,
          delay_ms: best.delayMs,
          bound_ms: best.boundMs,
          stratum: best.stratum,
          servers_ok_n: polls.filter(one => one.samples.length > 0).length
        }
        return [{ ...judge(fields), fields, labels: { source: 'sntp', server: best.server, ...labels } }]
      }
      const leftMs = context.timeoutMs * collectorShare - (performance.now() - started)
      return [await fromCollector(polls, context, atMost(context.signal, leftMs), labels)]
    }
  }
})

/** The clock of this machine. */
export const clock = clockProbe({ monotonicMs: () => performance.now() })

const pollAll = async (
  servers: readonly Server[],
  samples: number,
  quiet: Map<string, { readonly untilMs: number; readonly kiss: string }>,
  deps: ClockDeps,
  context: ProbeContext
): Promise<Polled[]> => {
  const signal = atMost(context.signal, context.timeoutMs * serversShare)
  return Promise.all(
    servers.map(async server => {
      const asked = quiet.get(server.text)
      if (asked !== undefined && deps.monotonicMs() < asked.untilMs)
        return { server: server.text, samples: [], fault: `kiss of death ${asked.kiss}`, kiss: asked.kiss }
      const polled = await poll(server, samples, () => context.now(), signal)
      if (polled.kiss !== undefined) {
        const forMs = polled.kiss === 'RATE' ? rateQuietMs : denyQuietMs
        quiet.set(server.text, { untilMs: deps.monotonicMs() + forMs, kiss: polled.kiss })
      }
      return polled
    })
  )
}

/** An HTTP Date has whole seconds, cut off: the true time is up to 1 s later, so half a second is the best guess. */
const fromCollector = async (
  polls: readonly Polled[],
  context: ProbeContext,
  signal: AbortSignal,
  labels: Record<string, string>
): Promise<Reading> => {
  const sentMs = context.now()
  const started = performance.now()
  try {
    const theirMs = await untilAborted(context.collectorTime(), signal)
    const delayMs = performance.now() - started
    const fields = {
      offset_ms: theirMs + 500 - (sentMs + delayMs / 2),
      delay_ms: delayMs,
      bound_ms: 1000 + delayMs / 2,
      servers_ok_n: 0
    }
    return { ...judge(fields), fields, labels: { source: 'collector', ...faultsOf(polls), ...labels } }
  } catch (cause) {
    const reason = labels['kiss'] === undefined ? 'no_time_source' : 'kiss_of_death'
    const said = cause instanceof Error ? cause.message : 'no answer'
    throw new Unavailable(reason, `the collector: ${said}`, { ...faultsOf(polls), ...labels }, { cause })
  }
}

const faultsOf = (polls: readonly Polled[]): Record<string, string> => {
  const faults = polls.flatMap(one => (one.fault === undefined ? [] : [`${one.server}: ${one.fault}`]))
  return faults.length === 0 ? {} : { servers_fault: faults.join('; ') }
}
