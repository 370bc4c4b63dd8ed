import { performance } from 'node:perf_hooks'
import { defaultPassRatio, directions, type Direction } from '../../../contract/bandwidth.ts'
import { parse } from '../../../contract/parse.ts'
import { NothingToSay, type Probe, type ProbeContext, type Reading } from '../../probe.ts'
import { isForwarding, readCounts, readInterface } from './interface.ts'
import { resolveHost, type OneTestDeps } from './one-test.ts'
import { Options } from './options.ts'
import { openPassive, type Look, type Mean } from './passive.ts'
import { passiveReading } from './reading.ts'
import { reasons } from './reasons.ts'
import { defaultInterface, readRoutes } from './routes.ts'
import { runInChild } from './run-test.ts'
import { openTurns } from './turns.ts'

export type BandwidthDeps = OneTestDeps & {
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/** A line that is busy all day proves the same again and again: once an hour is enough, ms. */
const passiveEveryMs = 3_600_000

/** The probe with its clock, its child process and its resolver as parameters; `bandwidth` is the real one. */
export const bandwidthProbe = (deps: BandwidthDeps): Probe => ({
  name: 'bandwidth',
  summary:
    'whether an uplink carries its tier: by counters where they prove it, by a short test when the collector gives a lease',
  everyMs: 60_000,
  timeoutMs: 60_000,
  options: Options,
  reasons,
  prepare(raw) {
    const options = parse(Options, raw, 'bandwidth options')
    const passive = openPassive()
    const turns = openTurns(options, deps)
    const saidMs = new Map<Direction, number>()

    /** What the counters prove since the last run, if anything. */
    const proofs = async (context: ProbeContext): Promise<Reading[]> => {
      if (options.vantage !== 'gateway' || options.passive === false) return []
      const look = await lookOf(options, context, deps)
      if (look === undefined) return []
      const means = passive.look(look)
      const tierMbps = options.tier_mbps ?? turns.tier()?.tierMbps
      if (tierMbps === undefined) return []
      const passRatio = options.pass_ratio ?? turns.tier()?.passRatio ?? defaultPassRatio
      const isNews = ({ direction }: Mean) => look.monotonicMs - (saidMs.get(direction) ?? -Infinity) >= passiveEveryMs
      return means
        .filter(mean => mean.ipMbps >= tierMbps * passRatio && isNews(mean))
        .map(mean => {
          saidMs.set(mean.direction, look.monotonicMs)
          return passiveReading(mean, { tierMbps, passRatio, portMbps: look.iface.portMbps }, options)
        })
    }

    return async context => {
      const proved = await proofs(context)
      const readings = await turns.take(context).catch((cause: unknown) => {
        // What is proved is worth more than why nothing else could be said.
        if (proved.length > 0) return []
        throw cause
      })
      if (proved.length + readings.length === 0)
        throw new NothingToSay('it is not the turn of this uplink, and its counters prove nothing')
      return [...proved, ...readings]
    }
  }
})

/** Does this uplink carry its tier? */
export const bandwidth = bandwidthProbe({
  runTest: runInChild,
  monotonicMs: () => performance.now(),
  resolve: resolveHost,
  random: Math.random
})

const lookOf = async (options: Options, { system }: ProbeContext, deps: BandwidthDeps): Promise<Look | undefined> => {
  // A machine that forwards nothing is no gateway, whatever the ledger says: a copy to its neighbour would look like the uplink.
  if (!isForwarding(system.root)) return undefined
  const name = options.interface ?? defaultInterface(await readRoutes(system.root))
  const iface = name === undefined ? undefined : readInterface(system.root, name)
  if (iface?.counts !== true) return undefined
  const [down, up] = directions.map(direction => readCounts(system.root, iface.name, direction))
  if (down === undefined || up === undefined) return undefined
  return { iface, counts: { down, up }, monotonicMs: deps.monotonicMs(), upMs: system.upMs() }
}
