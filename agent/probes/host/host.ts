import { statfs } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import Type from 'typebox'
import { parse } from '../../../contract/parse.ts'
import type { Probe, Reading } from '../../probe.ts'
import { eventSince, type Moment } from './events.ts'
import { busyPct, readLoad, type CpuTimes } from './load.ts'

const Options = Type.Object(
  { path: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })) },
  { additionalProperties: false }
)

const lowMemoryPct = 5
const lowDiskPct = 5
const lowDiskBytes = 256 * 2 ** 20

export interface HostDeps {
  /** A clock that stands still while the machine sleeps, ms. */
  monotonicMs(): number
  statfs(path: string): Promise<{ bsize: number; blocks: number; bavail: number }>
}

/** The probe with its clock and disk as parameters; `host` is the real one. */
export const hostProbe = (deps: HostDeps): Probe => ({
  name: 'host',
  summary: 'uptime, load, memory and disk of the machine the agent runs on, and reboots, suspends and clock steps',
  everyMs: 60_000,
  timeoutMs: 5_000,
  options: Options,
  reasons: {
    disk_low: 'less than 5 % or less than 256 MiB of the disk is free',
    memory_low: 'less than 5 % of the memory is available'
  },
  fold: {
    load1: 'mean',
    cpu_pct: 'mean',
    mem_available_bytes: 'min',
    disk_free_bytes: 'min',
    suspended_s: 'sum',
    clock_step_ms: 'sum'
  },
  prepare(raw) {
    const options = parse(Options, raw, 'host options')
    // What the previous run of this process saw: rates and events are differences of two runs.
    let before: { moment: Moment; cpu: CpuTimes | undefined } | undefined

    return async ({ system }) => {
      const moment: Moment = {
        bootId: system.bootId,
        upMs: system.upMs(),
        monotonicMs: deps.monotonicMs(),
        wallMs: system.wallMs()
      }
      const [{ cpu, fields: load }, disk] = await Promise.all([
        readLoad(system.platform, system.root),
        readDisk(deps, options.path ?? (system.platform === 'win32' ? 'C:\\' : '/'))
      ])
      const event = before === undefined ? { fields: {}, labels: {} } : eventSince(before.moment, moment)
      const cpuPct = busyPct(before?.cpu, cpu)
      before = { moment, cpu }

      const fields = {
        uptime_s: moment.upMs / 1000,
        ...load,
        ...(cpuPct === undefined ? {} : { cpu_pct: cpuPct }),
        ...disk.fields,
        ...event.fields
      }
      return [{ ...judge(fields), fields, labels: { boot_id: moment.bootId, ...event.labels, ...disk.labels } }]
    }
  }
})

/** Uptime and health of this machine. */
export const host = hostProbe({ monotonicMs: () => performance.now(), statfs })

const readDisk = async (
  deps: HostDeps,
  path: string
): Promise<{ fields: Record<string, number>; labels: Record<string, string> }> => {
  try {
    const { bsize, blocks, bavail } = await deps.statfs(path)
    // bavail, not bfree: what is kept for root is not free for anybody else.
    return { fields: { disk_total_bytes: bsize * blocks, disk_free_bytes: bsize * bavail }, labels: {} }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    return { fields: {}, labels: { disk_error: code } }
  }
}

/** What could not be read is not judged; a file system without a size (proc, overlay stubs) is none to run out. */
const judge = (fields: Readonly<Partial<Record<string, number>>>): Pick<Reading, 'outcome' | 'reason'> => {
  const { disk_total_bytes: disk = 0, disk_free_bytes: free = 0 } = fields
  if (disk > 0 && (free < lowDiskBytes || free < (disk * lowDiskPct) / 100))
    return { outcome: 'degraded', reason: 'disk_low' }
  const { mem_total_bytes: memory = 0, mem_available_bytes: available } = fields
  if (memory > 0 && available !== undefined && available < (memory * lowMemoryPct) / 100)
    return { outcome: 'degraded', reason: 'memory_low' }
  return { outcome: 'ok' }
}
