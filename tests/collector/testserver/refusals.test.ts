import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { formatLease, type LeaseClaims } from '../../../contract/lease-token.ts'
import { openMemoryBook } from '../../../collector/testserver/lease-book.ts'
import {
  claimsOf,
  keys,
  problemOf,
  rawClient,
  rawStream,
  sessionWith,
  startServer,
  tokenOf,
  unbound,
  untilReceived,
  upgradeText
} from './rig.ts'

interface Case {
  readonly name: string
  readonly headers: Record<string, string | undefined>
  readonly status: number
  readonly code: string
  readonly detail: RegExp | string
}

const bearer = (claims: LeaseClaims) => ({ authorization: `Bearer ${tokenOf(claims)}` })
const stranger = generateKeyPairSync('ed25519').privateKey

/** The claims changed, the signature kept. */
const altered = (): string => {
  const [prefix, , signature] = tokenOf(claimsOf()).split('.')
  const body = Buffer.from(JSON.stringify(claimsOf({ cap_mbps: 900 }))).toString('base64url')
  return `${prefix ?? ''}.${body}.${signature ?? ''}`
}

const cases: readonly Case[] = [
  {
    name: 'no lease',
    headers: {},
    status: 401,
    code: 'lease_missing',
    detail: 'a stream must carry Authorization: Bearer and a lease'
  },
  {
    name: 'a user name and password instead',
    headers: { authorization: 'Basic dTpw' },
    status: 401,
    code: 'lease_missing',
    detail: 'a stream must carry Authorization: Bearer and a lease'
  },
  {
    name: 'an altered lease',
    headers: { authorization: `Bearer ${altered()}` },
    status: 401,
    code: 'lease_invalid',
    detail: /^the lease must be signed by the collector, got \d+ characters that are not$/
  },
  {
    name: 'a lease signed by somebody else',
    headers: {
      authorization: `Bearer ${formatLease(claimsOf(), { kind: 'collector', privateKey: stranger })}`
    },
    status: 401,
    code: 'lease_invalid',
    detail: /^the lease must be signed by the collector/
  },
  {
    name: 'a laboratory lease at a server of the collector',
    headers: { authorization: `Bearer ${formatLease(claimsOf(), { kind: 'lab', secret: 'x' })}` },
    status: 401,
    code: 'lease_invalid',
    detail: /^the lease must be signed by the collector/
  },
  {
    name: 'claims that are no lease',
    headers: bearer({ ...claimsOf(), cap_mbps: -1 }),
    status: 401,
    code: 'lease_invalid',
    detail: 'lease /cap_mbps must be >= 1, got -1'
  },
  {
    name: 'an expired lease',
    headers: bearer(claimsOf({ expires_ms: Date.now() - 3_000 })),
    status: 403,
    code: 'lease_expired',
    detail: /^the lease must not have expired, but by this server's clock it did \d+\.\d s ago$/
  },
  {
    name: 'a lease before its time',
    headers: bearer(claimsOf({ not_before_ms: Date.now() + 60_000, expires_ms: Date.now() + 90_000 })),
    status: 403,
    code: 'lease_early',
    detail: /^the lease does not hold yet: by this server's clock it will in \d+\.\d s$/
  },
  {
    name: 'a lease that is older than the server',
    headers: bearer(claimsOf({ issued_ms: Date.now() - 3_600_000 })),
    status: 403,
    code: 'lease_expired',
    detail: /^the lease must be younger than this server, which started 3\d{3}\.\d s after it was issued/
  },
  {
    name: 'a lease borrowed from another address',
    headers: bearer(claimsOf({ ip: '10.1.2.3' })),
    status: 403,
    code: 'lease_foreign_address',
    detail: 'the lease must be used from the address that asked for it, not from 127.0.0.1'
  },
  {
    name: 'a lease for another server',
    headers: bearer(claimsOf({ server: 's2' })),
    status: 403,
    code: 'lease_foreign_server',
    detail: 'the lease must be for this server, s1, but it is for s2'
  },
  {
    name: 'a port too small for the tier',
    headers: bearer(claimsOf({ tier: 1_000, cap_mbps: 700 })),
    status: 409,
    code: 'server_port_too_small',
    detail: "a test for 1000 Mbit/s needs a server port of 1200 Mbit/s or more, and this server's has 1000"
  },
  {
    name: 'a port too small for the cap',
    headers: bearer(claimsOf({ tier: 500, cap_mbps: 1_000 })),
    status: 409,
    code: 'server_port_too_small',
    detail: "a test capped at 1000 Mbit/s needs a server port of 1250 Mbit/s or more, and this server's has 1000"
  },
  ...(
    [
      [undefined, 'nothing'],
      ['0', '"0"'],
      ['5', '"5"'],
      ['1.5', '"1.5"'],
      ['all', '"all"']
    ] as const
  ).map(([stream, got]) => ({
    name: `stream ${stream ?? 'unnamed'} of 4`,
    headers: { ...bearer(claimsOf()), 'campus-gauge-stream': stream },
    status: 400,
    code: 'bad_stream',
    detail: `header campus-gauge-stream must be control or 1 to 4, got ${got}`
  })),
  {
    name: 'a data stream before its control stream',
    headers: { ...bearer(claimsOf()), 'campus-gauge-stream': '1' },
    status: 400,
    code: 'bad_stream',
    detail: 'stream 1 must follow the control stream of its test, from its address'
  }
]

void t.test('what is no good lease gets a reason and not one byte', async t => {
  const server = await startServer()
  for (const { name, headers, status, code, detail } of cases) {
    const client = await rawClient(server, upgradeText(headers))
    await client.closed
    const heard = client.heard()
    t.match(heard, /\r\ncampus-gauge-bandwidth: 1\r\n/, name)
    t.match(problemOf(heard), { status, code, detail }, name)
    t.ok(heard.startsWith(`HTTP/1.1 ${status} `), name)
    t.notMatch(heard, /bw1\./, 'a refusal never repeats a lease')
  }
  t.same(server.done, [], 'no test was opened')
  await server.close()
})

void t.test('a lease is used once: not again, not in parallel, not after its test', async t => {
  const server = await startServer()
  const claims = claimsOf()
  const session = await sessionWith(server, claims)
  await t.rejects(sessionWith(server, claims), {
    reason: 'lease_refused',
    message: /can be used once, and this one was/
  })
  session.start()
  await untilReceived(session, 1)
  const late = await rawStream(server, tokenOf(claims), '4')
  await late.closed
  t.match(problemOf(late.heard()), {
    code: 'bad_stream',
    detail: 'stream 4 must come before its test starts, but it has started'
  })
  await session.stop()
  await t.rejects(sessionWith(server, claims), {
    reason: 'lease_refused',
    message: /can be used once, and this one was/
  })
  t.equal(server.done.length, 1)
  await server.close()
})

void t.test('streams come once each, from the control stream’s address, 1 to n without a gap', async t => {
  const server = await startServer()
  const claims = unbound(claimsOf())
  const control = await rawStream(server, tokenOf(claims), 'control')
  await control.until(/"hello"/)
  const second = await rawStream(server, tokenOf(claims), '2')
  await second.until(/101 /)
  const again = await rawStream(server, tokenOf(claims), '2')
  await again.closed
  t.match(problemOf(again.heard()), { code: 'bad_stream', detail: 'stream 2 must come once, but it is there' })
  const elsewhere = await rawStream(server, tokenOf(claims), '1', '127.0.0.2')
  await elsewhere.closed
  t.match(problemOf(elsewhere.heard()), { code: 'bad_stream' })

  control.socket.write('{"type":"start"}\n')
  await control.until(/"closing"/)
  t.match(control.heard(), /"bytes":0,.*"ended":"client_gone"/, 'stream 1 is missing')
  t.match(second.heard(), /^HTTP\/1\.1 101 [\s\S]*\r\n\r\n$/, 'no payload')
  await server.close()
})

void t.test(
  'the caps of all tests stay within 0.8 of the port, and the number of tests within its own limit',
  async t => {
    const server = await startServer({ portMbps: 100, maxTests: 3 })
    const first = await sessionWith(server, claimsOf({ cap_mbps: 50 }))
    await t.rejects(sessionWith(server, claimsOf({ cap_mbps: 31 })), {
      reason: 'server_busy',
      message: /must stay within 80 Mbit\/s \(0\.8 of the port\); 50 are taken and this test asks for 31/
    })
    const second = await sessionWith(server, claimsOf({ cap_mbps: 20 }))
    const third = await sessionWith(server, claimsOf({ cap_mbps: 10 }))
    await t.rejects(sessionWith(server, claimsOf({ cap_mbps: 1 })), {
      reason: 'server_busy',
      message: /at most 3 tests at once, and it does/
    })
    first.start()
    await untilReceived(first, 1)
    t.match(await first.stop(), { peak_tests_n: 3, peak_caps_mbps: 80 })
    const fourth = await sessionWith(server, claimsOf({ cap_mbps: 50 }))
    for (const session of [second, third, fourth]) await session.stop()
    await server.close()
  }
)

void t.test('the book in memory forgets a lease when it has expired, not before', async t => {
  let [now, up] = [1_000_000, 0]
  const book = openMemoryBook(
    () => now,
    () => up
  )
  const pass = (ms: number): void => {
    now += ms
    up += ms
  }
  const lease = claimsOf({ issued_ms: now, expires_ms: now + 1_000 })
  t.equal(await book.open(lease, '::1'), 'opened')
  pass(1_000)
  t.equal(await book.open(lease, '::1'), 'lease_used')
  now += 3_600_000
  t.equal(await book.open(claimsOf({ issued_ms: now, expires_ms: now + 1_000 }), '::1'), 'opened')
  now -= 3_600_000
  t.equal(await book.open(lease, '::1'), 'lease_used', 'the clock was ahead for a while')
  pass(1)
  t.equal(await book.open(lease, '::1'), 'opened', 'the door refuses it by its time')
  now -= 86_400_000
  t.equal(await book.open(claimsOf({ issued_ms: now, expires_ms: now + 1_000 }), '::1'), 'opened', 'ahead at its start')
})

void t.test('a lease of the very moment in which a server started is not older than it', async t => {
  let [now, up] = [1_000, 0.9]
  const book = openMemoryBook(
    () => now,
    () => up
  )
  const lease = claimsOf({ issued_ms: now, expires_ms: now + 1_000 })
  now = 1_001
  up = 1
  t.equal(await book.open(lease, '::1'), 'opened')
})

void t.test('a server of a laboratory takes the leases of its secret only', async t => {
  const server = await startServer({ verifier: { kind: 'lab', secret: 'open sesame' }, serverId: 'lab' })
  const lab = (secret: string) => formatLease(unbound(claimsOf({ server: 'lab' })), { kind: 'lab', secret })
  const session = await sessionWith(server, claimsOf(), { token: lab('open sesame') })
  await session.stop()
  await t.rejects(sessionWith(server, claimsOf(), { token: lab('open barley') }), {
    reason: 'lease_refused',
    message: /must be signed by the shared secret of this laboratory server/
  })
  const collectors = formatLease(claimsOf({ server: 'lab' }), { kind: 'collector', privateKey: keys.privateKey })
  await t.rejects(sessionWith(server, claimsOf(), { token: collectors }), {
    reason: 'lease_refused',
    message: /must be signed by/
  })
  await server.close()
})
