import os from 'node:os'
import { kernelFile } from '../net-tables.ts'

/** Time since boot, in any unit: only ratios of differences are used. */
export interface CpuTimes {
  readonly busy: number
  readonly total: number
}

export interface Load {
  readonly cpu: CpuTimes | undefined
  readonly fields: Record<string, number>
}

/** Load, memory (bytes) and CPU times. What the system does not say is absent, never zero. */
export const readLoad = (platform: NodeJS.Platform, root: string): Promise<Load> =>
  platform === 'linux' ? fromProc(root) : Promise.resolve(fromOs(platform))

/** CPU use between two looks, percent; undefined before the second look and when the counters did not move. */
export const busyPct = (before: CpuTimes | undefined, now: CpuTimes | undefined): number | undefined => {
  if (before === undefined || now === undefined) return undefined
  const total = now.total - before.total
  if (total <= 0) return undefined
  // iowait may run backwards (proc(5)), which would show as more than all or less than nothing.
  return Math.min(100, Math.max(0, (100 * (now.busy - before.busy)) / total))
}

const fromProc = async (root: string): Promise<Load> => {
  const [stat, loadavg, meminfo] = await Promise.all([
    kernelFile(root, 'proc/stat'),
    kernelFile(root, 'proc/loadavg'),
    kernelFile(root, 'proc/meminfo')
  ])
  return { cpu: cpuTimes(stat ?? ''), fields: { ...load1(loadavg ?? ''), ...memory(meminfo ?? '') } }
}

/** user nice system idle iowait irq softirq steal; the guest columns after them are part of user already. Source: proc(5). */
const cpuTimes = (stat: string): CpuTimes | undefined => {
  const columns = /^cpu +([\d ]+)$/m.exec(stat)?.[1]?.trim().split(/ +/).slice(0, 8).map(Number)
  if (columns === undefined || columns.length < 4) return undefined
  const total = columns.reduce((sum, ticks) => sum + ticks, 0)
  return { total, busy: total - (columns[3] ?? 0) - (columns[4] ?? 0) }
}

const load1 = (loadavg: string): Record<string, number> => {
  const first = /^\d+\.\d+/.exec(loadavg)?.[0]
  return first === undefined ? {} : { load1: Number(first) }
}

const memory = (meminfo: string): Record<string, number> => {
  const bytes = (key: string): number | undefined => {
    const kib = new RegExp(`^${key}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1]
    return kib === undefined ? undefined : Number(kib) * 1024
  }
  const total = bytes('MemTotal')
  const available = bytes('MemAvailable')
  return {
    ...(total === undefined ? {} : { mem_total_bytes: total }),
    ...(available === undefined ? {} : { mem_available_bytes: available })
  }
}

const fromOs = (platform: NodeJS.Platform): Load => {
  let busy = 0
  let total = 0
  for (const { times } of os.cpus()) {
    const active = times.user + times.nice + times.sys + times.irq
    busy += active
    total += active + times.idle
  }
  // Windows has no load average: Node answers zeros there, which would read as an idle machine.
  const load = platform === 'win32' ? {} : { load1: os.loadavg()[0] ?? 0 }
  return {
    cpu: { busy, total },
    fields: { ...load, mem_total_bytes: os.totalmem(), mem_available_bytes: os.freemem() }
  }
}
