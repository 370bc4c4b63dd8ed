import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import os from 'node:os'

/** One port as the operating system reports it where there is no sysfs (Windows, macOS). */
export interface SystemPort {
  readonly name: string
  readonly virtual: boolean
  readonly wireless: boolean
  readonly up: boolean
  /** Negotiated speed; undefined when the system does not say. */
  readonly speedMbps: number | undefined
  readonly duplex: string
}

export interface MachineIdentity {
  /** SHA-256 over what identifies the hardware, hex. */
  readonly fingerprint: string
  readonly hostname: string
  readonly serial?: string
  /** Lower case, colons, sorted. */
  readonly macs: readonly string[]
  /** For example `linux-x64`. */
  readonly platform: string
}

/** What the agent knows of the machine it runs on. The only importer of systeminformation, and of that a fixed list of calls. */
export interface System {
  readonly platform: NodeJS.Platform
  /** Id of this boot of the kernel; a new one after every reboot. */
  readonly bootId: string
  /** Time since boot including suspend, ms (os.uptime, not hrtime: hrtime stands still while the machine sleeps). */
  upMs(): number
  /** Wall clock, ms since 1970. */
  wallMs(): number
  /** Where the kernel's files are: '/' but in tests. */
  readonly root: string
  /** Slow (60-160 ms): never in a minute's loop on Linux, which has sysfs. */
  ports(): Promise<readonly SystemPort[]>
  machine(): Promise<MachineIdentity>
}

export const thisSystem = (): System => ({
  platform: process.platform,
  bootId: readBootId(),
  upMs: () => os.uptime() * 1000,
  wallMs: Date.now,
  root: '/',
  ports: readPorts,
  machine: readMachine
})

/** Linux has one; elsewhere every start of the agent counts as a boot, which only costs precision of times, never a wrong one. */
const readBootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return randomUUID()
  }
}

const systemInformation = async () => (await import('systeminformation')).default

const readPorts = async (): Promise<SystemPort[]> => {
  const found = await (await systemInformation()).networkInterfaces()
  return (Array.isArray(found) ? found : [found]).map(port => ({
    name: port.iface,
    virtual: port.virtual || port.internal,
    wireless: port.type === 'wireless',
    up: port.operstate === 'up',
    speedMbps: port.speed !== null && port.speed > 0 ? port.speed : undefined,
    duplex: port.duplex
  }))
}

const readMachine = async (): Promise<MachineIdentity> => {
  const { uuid, serial } = await (await systemInformation()).system()
  const macs = hardwareMacs()
  const hostname = os.hostname()
  const known = [uuid, serial].filter(isRealId)
  const hardware = known.length > 0 ? known : macs.length > 0 ? macs : [hostname]
  return {
    fingerprint: createHash('sha256').update(hardware.join('\n')).digest('hex'),
    hostname,
    ...(isRealId(serial) ? { serial } : {}),
    macs,
    platform: `${process.platform}-${process.arch}`
  }
}

const hardwareMacs = (): string[] => {
  const all = Object.values(os.networkInterfaces()).flatMap(addresses => addresses ?? [])
  const macs = all.filter(a => !a.internal && a.mac !== '00:00:00:00:00:00').map(a => a.mac.toLowerCase())
  return [...new Set(macs)].sort()
}

/** Boards without a number say so in many ways; two machines must never look like one for it. */
const isRealId = (id: string): boolean =>
  id.length >= 4 && !/^(-|0+|none|default.*|to be filled.*|not specified|system serial.*|unknown|[f-]+)$/i.test(id)
