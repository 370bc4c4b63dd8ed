import type { Test } from 'tap'
import type { Lease } from '../../../../contract/bandwidth.ts'
import { formatLease } from '../../../../contract/lease-token.ts'
import { openMemoryBook } from '../../../../collector/testserver/lease-book.ts'
import { listenTestServer } from '../../../../collector/testserver/stand-alone.ts'

export const secret = 'correct horse battery'

/** A real test server on loopback. */
export const labServer = async (t: Test, host = '127.0.0.1', portMbps = 10_000) => {
  const server = await listenTestServer({
    host,
    port: 0,
    verifier: { kind: 'lab', secret },
    serverId: 'lab',
    portMbps,
    book: openMemoryBook(Date.now),
    now: Date.now
  })
  t.teardown(() => server.close())
  return server
}

let last = 0

/** A lease for 10 Mbit/s with a token of the laboratory; the server's cap makes the link. */
export const leaseOf = (over: Partial<Omit<Lease, 'token'>> = {}): Lease => {
  const lease: Omit<Lease, 'token'> = {
    lease: `test-${process.pid}-${++last}`,
    server: { id: 'lab', place: 'off_site' },
    wait_ms: 0,
    direction: 'down',
    tier: 10,
    kind: 'quick',
    slot: 'night',
    pass_ratio: 0.95,
    cap_mbps: 11,
    max_bytes: 20_000_000,
    max_ms: 8_000,
    streams: 2,
    terms: { credit_s: 0, lend_nats: 0, fail_ms: 2_000 },
    budget: { day_bytes: 100_000_000, month_bytes: 1_000_000_000 },
    ...over
  }
  const { direction, tier, kind, cap_mbps, max_bytes, max_ms, streams } = lease
  const now = Date.now()
  const token = formatLease(
    {
      ...{ direction, tier, kind, cap_mbps, max_bytes, max_ms, streams },
      lease: lease.lease,
      agent: 'lab',
      server: 'lab',
      issued_ms: now,
      not_before_ms: now,
      expires_ms: now + 60_000
    },
    { kind: 'lab', secret }
  )
  return { ...lease, token }
}
