import type { SignedBatch } from './batches.ts'
import type { FleetAgent } from './fleet.ts'
import { pace, saturate, type LoadResult } from './load.ts'
import { cpuMs, memory } from './processes.ts'
import { quantile } from './stats.ts'
import { verifyUs } from './verify.ts'

/** Everything that will be sent, made before the clock starts; sent in this order, to each side. */
export interface Plan {
  readonly fleet: readonly FleetAgent[]
  /** Paced batches a second. */
  readonly rate: number
  readonly warmSaturated: readonly SignedBatch[]
  readonly saturated: readonly SignedBatch[]
  readonly warmPaced: readonly SignedBatch[]
  readonly paced: readonly SignedBatch[]
}

/** CPU of the measured process over all its threads; latencies as the sender sees them; RSS at the end. */
export interface Measured {
  readonly batches: number
  readonly perSecond: number
  readonly cpuUs: number
  /** CPU of one raw signature check, measured between the rounds of this very load. */
  readonly verifyUs: number
  readonly ratio: number
  readonly p50: number
  readonly p99: number
  readonly rssMb: number
}

/** A round that is shorter than this says nothing about CPU: the kernel counts in steps of 10 ms. */
const batchesPerRound = 2_000
const verifiesPerRound = 1_000

/** Saturated first, then paced on the same process, which by then has a day's evidence. */
export const measureBothLoads = async (
  plan: Plan,
  url: string,
  pid: number
): Promise<{ readonly saturated: Measured; readonly paced: Measured }> => {
  all202(await saturate(url, plan.warmSaturated))
  const saturated = await measure(plan, pid, plan.saturated, batches => saturate(url, batches))
  all202(await pace(url, plan.warmPaced, plan.rate))
  const paced = await measure(plan, pid, plan.paced, batches => pace(url, batches, plan.rate))
  return { saturated, paced }
}

/** In rounds with the reference between them, and the median of their ratios: other work on the machine passes over both alike. */
const measure = async (
  plan: Plan,
  pid: number,
  batches: readonly SignedBatch[],
  load: (batches: readonly SignedBatch[]) => Promise<LoadResult>
): Promise<Measured> => {
  const rounds = Math.max(1, Math.floor(batches.length / batchesPerRound))
  const size = Math.ceil(batches.length / rounds)
  const cpu: number[] = []
  const reference: number[] = []
  const results: LoadResult[] = []
  for (let from = 0; from < batches.length; from += size) {
    const round = batches.slice(from, from + size)
    const before = cpuMs(pid)
    const result = await load(round)
    cpu.push((1000 * (cpuMs(pid) - before)) / all202(result))
    results.push(result)
    reference.push(verifyUs(round.slice(0, verifiesPerRound), plan.fleet))
  }
  const latenciesMs = results.flatMap(result => result.latenciesMs)
  const tookMs = results.reduce((sum, result) => sum + result.tookMs, 0)
  return {
    batches: latenciesMs.length,
    perSecond: (1000 * latenciesMs.length) / tookMs,
    cpuUs: quantile(cpu, 0.5),
    verifyUs: quantile(reference, 0.5),
    ratio: quantile(
      cpu.map((us, i) => us / (reference[i] ?? NaN)),
      0.5
    ),
    p50: quantile(latenciesMs, 0.5),
    p99: quantile(latenciesMs, 0.99),
    rssMb: memory(pid).rssMb
  }
}

const all202 = ({ statuses, latenciesMs }: LoadResult): number => {
  if (statuses[202] !== latenciesMs.length)
    throw new Error(`every batch must be answered with 202, got ${JSON.stringify(statuses)}`)
  return latenciesMs.length
}
