import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { defaultTemplates, draftChecks, type CheckTemplate } from '../collector/ledger/checks.ts'
import type { Ledger } from '../collector/ledger/ledger.ts'
import { openStore } from '../collector/store/sqlite.ts'
import type { CommitBatch, CommitReading } from '../collector/store/store.ts'

/** A city for the benches of sinks: in every school a gateway and panels, on each an agent of its own and the eight default checks. */
export interface CityAgent {
  readonly id: string
  readonly school: string
  readonly device: string
  readonly checks: readonly CityCheck[]
  /** Sequence number of its next batch. */
  nextSeq: number
}
export interface CityCheck {
  readonly id: number
  readonly key: string
  readonly probe: string
}

const counties = 12

export const sinkLedger = (schools: number, devicesPerSchool: number): Ledger => {
  const all = Array.from({ length: schools }, (_, i) => ({ i, id: `s${String(i).padStart(4, '0')}` }))
  return {
    areas: [
      { id: 'province', level: 'province', name: '测速省' },
      { id: 'city', parent: 'province', level: 'city', name: '测速市', packs: ['yulin-2022'] },
      ...Array.from({ length: counties }, (_, i) => ({
        id: `county-${i}`,
        parent: 'city',
        level: 'county' as const,
        name: `第 ${i} 区`
      }))
    ],
    schools: all.map(({ i, id }) => ({
      id,
      code: `6108${String(i).padStart(6, '0')}`,
      name: `第 ${i} 小学`,
      area: `county-${i % counties}`,
      stage: 'primary' as const,
      zone: 'rural' as const
    })),
    devices: all.flatMap(({ id }) =>
      Array.from({ length: devicesPerSchool }, (_, d) => ({
        id: `${id}-d${d}`,
        school: id,
        kind: d === 0 ? ('gateway' as const) : ('panel' as const),
        name: d === 0 ? '网关' : '一体机'
      }))
    )
  }
}

/** Makes the store of a city: ledger and checks by the store's own operations, approved agents past its locks (enrolment is not measured here). */
export const fillSinkCity = async (
  directory: string,
  schools: number,
  devicesPerSchool: number,
  more: readonly CheckTemplate[] = []
): Promise<CityAgent[]> => {
  const store = await openStore(directory)
  const ledger = sinkLedger(schools, devicesPerSchool)
  await store.putLedger(ledger)
  const nowMs = Date.now()
  const templates = [...defaultTemplates('http://10.1.2.3:8080'), ...more]
  await store.putChecks(draftChecks(await store.devices(), templates), nowMs - 86_400_000)
  const checks = Map.groupBy(await store.checks(), check => check.device)
  await store.close()
  const db = new DatabaseSync(join(directory, 'store.sqlite'), { timeout: 10_000 })
  const addAgent = db.prepare("INSERT INTO agent VALUES (?, ?, ?, 'approved', ?, ?)")
  const addDevice = db.prepare('INSERT INTO agent_device VALUES (?, ?)')
  db.exec('BEGIN')
  const agents = (ledger.devices ?? []).map(({ id: device, school }): CityAgent => {
    const id = `agent-${device}`
    const machine = { fingerprint: id, hostname: device, macs: [], platform: 'linux-x64', version: '0.1.0' }
    addAgent.run(id, school, Buffer.alloc(32).toString('base64'), JSON.stringify(machine), nowMs - 86_400_000)
    addDevice.run(id, device)
    const own = (checks.get(device) ?? []).map(({ id: check, key, probe }) => ({ id: check, key, probe }))
    return { id, school, device, checks: own, nextSeq: 1 }
  })
  db.exec('COMMIT')
  db.close()
  return agents
}

/** A batch as it is committed; its bytes are no concern of a sink. */
export const batchOf = (agent: CityAgent, receivedMs: number, readings: readonly CommitReading[]): CommitBatch => ({
  agent: agent.id,
  spool: 'spool',
  seq: agent.nextSeq++,
  sha256: 'bench',
  receivedMs,
  seenIp: '10.2.3.4',
  boot: '0d8f3c52-0000-4000-8000-000000000000',
  bootOffsetMs: undefined,
  skewMs: 12,
  body: oneByte,
  readings,
  rejected: [],
  gaps: [],
  markers: []
})
const oneByte = new Uint8Array(1)

/** What a folded measurement of the probe says, with figures that differ from reading to reading as in life; more fields on demand. */
export const readingAt = (
  check: CityCheck,
  atMs: number,
  salt: number,
  more: Readonly<Record<string, number>> = {}
): CommitReading => {
  const { part, fields, labels } = saidBy(check.probe, salt)
  return {
    atMs,
    checkId: check.id,
    part,
    outcome: 'ok',
    reason: undefined,
    tookMs: jitter(83, salt),
    fields: JSON.stringify({ ...fields, folded_n: 5, ...more }),
    labels: labels === undefined ? undefined : JSON.stringify(labels),
    trace: undefined,
    live: true
  }
}

const jitter = (scale: number, salt: number): number => Number((scale * (1 + 0.2 * Math.sin(salt))).toFixed(3))

const saidBy = (
  probe: string,
  salt: number
): {
  readonly part: string
  readonly fields: Record<string, number>
  readonly labels: Record<string, string> | undefined
} => {
  switch (probe) {
    case 'host':
      return {
        part: '',
        fields: {
          uptime_s: 86_400 + salt,
          load1: jitter(0.41, salt),
          cpu_pct: jitter(6.5, salt),
          mem_total_bytes: 4_121_231_360,
          mem_available_bytes: Math.round(jitter(2.2e9, salt)),
          disk_total_bytes: 62_725_623_808,
          disk_free_bytes: Math.round(jitter(4e10, salt))
        },
        labels: { boot_id: '0d8f3c52-0000-4000-8000-000000000000' }
      }
    case 'port':
      return { part: 'eth0', fields: { up: 1, speed_mbps: 1000, full_duplex: 1 }, labels: undefined }
    case 'ping':
      return {
        part: '',
        fields: {
          sent_n: 5,
          lost_n: 0,
          rtt_ms: jitter(0.62, salt),
          rtt_min_ms: jitter(0.41, salt),
          rtt_max_ms: jitter(0.93, salt)
        },
        labels: { subject: 'gateway', address: '192.168.1.1' }
      }
    case 'clock':
      return {
        part: '',
        fields: {
          offset_ms: jitter(-3.2, salt),
          delay_ms: jitter(17.1, salt),
          bound_ms: jitter(11.4, salt),
          stratum: 2
        },
        labels: { server: 'ntp.aliyun.com', source: 'ntp' }
      }
    default:
      return {
        part: '',
        fields: {
          dns_ms: jitter(4.21, salt),
          connect_ms: jitter(12.7, salt),
          tls_ms: jitter(22.9, salt),
          first_byte_ms: jitter(38.4, salt),
          total_ms: jitter(81.6, salt),
          status_code: 200,
          body_bytes: 48_213
        },
        labels: { address: '203.0.113.17', place: 'off_site', subject: 'www.smartedu.cn' }
      }
  }
}
