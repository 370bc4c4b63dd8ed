import { setTimeout as sleep } from 'node:timers/promises'
import { openSession } from '../agent/probes/bandwidth/session.ts'
import { formatLease } from '../contract/lease-token.ts'

/** Run by bandwidth.ts at the client: opens a session with a laboratory server and prints what receiving costs while the bytes flow. */
const [host = '', port, secret = '', seconds] = process.argv.slice(2)
const streams = 4
const nowMs = Date.now()
const token = formatLease(
  {
    lease: `bench-${process.pid}`,
    agent: 'lab',
    server: 'lab',
    direction: 'down',
    tier: 1000,
    kind: 'quick',
    cap_mbps: 1100,
    max_bytes: 3e9,
    max_ms: 20_000,
    streams,
    issued_ms: nowMs,
    not_before_ms: nowMs,
    expires_ms: nowMs + 60_000
  },
  { kind: 'lab', secret }
)
const session = await openSession({
  host,
  port: Number(port),
  token,
  direction: 'down',
  streams,
  capMbps: 1100,
  ipFactor: 1500 / 1448,
  signal: new AbortController().signal
})
session.start()
// The first second is the ramp and the compiler's.
await sleep(1_000)
const before = { cpu: process.cpuUsage(), ...session.received() }
await sleep(Number(seconds) * 1_000)
const cpu = process.cpuUsage(before.cpu)
const after = session.received()
await session.stop()
console.log(
  JSON.stringify({ bytes: after.bytes - before.bytes, ms: after.ms - before.ms, cpuS: (cpu.user + cpu.system) / 1e6 })
)
