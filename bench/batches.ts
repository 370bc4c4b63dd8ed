import type { Batch } from '../contract/batch.ts'
import type { WireReading } from '../contract/reading.ts'
import { signBatch } from '../deploy/demo/wire.ts'
import type { FleetAgent } from './fleet.ts'

/** A batch made, compressed and signed before the clock starts. Those of one agent must arrive in order. */
export interface SignedBatch {
  readonly agent: number
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

export const readingsPerBatch = 6
const minute = 60_000

/** What a gateway says in a minute: one reading of each default check that does not need the internet twice, as the probes write them. */
const readingsOf = (agent: FleetAgent, upMs: number, wallMs: number): WireReading[] => {
  // Every figure differs a little from minute to minute, as in life: gzip and SQLite see no repeated rows.
  const jitter = (scale: number, salt: number): number => scale * (1 + 0.2 * Math.sin(upMs / 7919 + salt))
  const make = (
    check: string,
    i: number,
    rest: Pick<WireReading, 'took_ms' | 'fields'> & Partial<WireReading>
  ): WireReading => {
    const beforeMs = 9_000 * (i + 1)
    const times = { boot: agent.boot, up_ms: upMs - beforeMs, wall_ms: wallMs - beforeMs }
    return { check: `${agent.device}-${check}@1`, device: agent.device, ...times, outcome: 'ok', ...rest }
  }
  const portal = (check: string, i: number, host: string): WireReading =>
    make(check, i, {
      took_ms: jitter(83, i),
      fields: {
        dns_ms: jitter(4.21, i + 1),
        connect_ms: jitter(12.7, i + 2),
        tls_ms: jitter(22.9, i + 3),
        first_byte_ms: jitter(38.4, i + 4),
        total_ms: jitter(81.6, i + 5),
        status_code: 200,
        body_bytes: 48_213
      },
      labels: { address: '203.0.113.17', place: 'off_site', subject: host }
    })
  return [
    make('host', 0, {
      took_ms: jitter(3.1, 9),
      fields: {
        uptime_s: upMs / 1000,
        load1: jitter(0.41, 1),
        cpu_pct: jitter(6.5, 2),
        mem_total_bytes: 4_121_231_360,
        mem_available_bytes: Math.round(jitter(2.2e9, 3)),
        disk_total_bytes: 62_725_623_808,
        disk_free_bytes: Math.round(jitter(4e10, 4))
      },
      labels: { boot_id: agent.boot }
    }),
    make('port', 1, { part: 'eth0', took_ms: jitter(1.4, 5), fields: { up: 1, speed_mbps: 1000, full_duplex: 1 } }),
    make('ping-gateway', 2, {
      took_ms: jitter(812, 6),
      fields: {
        sent_n: 5,
        lost_n: 0,
        rtt_ms: jitter(0.62, 7),
        rtt_min_ms: jitter(0.41, 8),
        rtt_max_ms: jitter(0.93, 9)
      },
      labels: { subject: 'gateway', address: '192.168.1.1' }
    }),
    make('clock', 3, {
      took_ms: jitter(51, 3),
      fields: { offset_ms: jitter(-3.2, 1), delay_ms: jitter(17.1, 2), bound_ms: jitter(11.4, 3), stratum: 2 },
      labels: { server: 'ntp.aliyun.com', source: 'ntp' }
    }),
    portal('portal-collector', 4, '10.1.2.3'),
    portal('portal-smartedu', 5, 'www.smartedu.cn')
  ]
}

/** `n` batches, round the fleet. Each is a minute of its agent's life later than the one before. */
export const signBatches = (fleet: readonly FleetAgent[], n: number): SignedBatch[] =>
  Array.from({ length: n }, (_, i) => {
    const index = i % fleet.length
    const agent = fleet[index]
    if (agent === undefined) throw new Error('the fleet must not be empty')
    return { agent: index, ...signed(agent, agent.nextSeq++) }
  })

const signed = (agent: FleetAgent, seq: number): Pick<SignedBatch, 'body' | 'headers'> => {
  const sent = { boot: agent.boot, up_ms: seq * minute, wall_ms: Date.now() }
  const batch: Batch = { readings: readingsOf(agent, sent.up_ms, sent.wall_ms), gaps: [], markers: [] }
  return signBatch(agent, seq, sent, batch)
}
