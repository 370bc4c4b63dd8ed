import t, { type Test } from 'tap'
import { runTest, type TestDeps } from '../../../../agent/probes/bandwidth/in-child.ts'
import { readInterface, standsOn } from '../../../../agent/probes/bandwidth/interface.ts'
import { jobOf, type Surroundings } from '../../../../agent/probes/bandwidth/job.ts'
import type { Session, SessionEnd } from '../../../../agent/probes/bandwidth/session-types.ts'
import type { ClosingRecord } from '../../../../contract/bandwidth.ts'
import { leaseOf } from './lab.ts'

const record: ClosingRecord = {
  bytes: 1,
  duration_ms: 1_000,
  ended: 'max_ms',
  cc: 'bbr',
  loop_p99_ms: 1,
  cpu_pct: 10,
  peak_tests_n: 1,
  peak_caps_mbps: 11,
  port_mbps: 1_000
}
const calm = { loopP99Ms: 1, cpuPct: 10, stealPct: 0, ownPct: 10 }

/** A line of 6 Mbit/s that needs no server: bytes come as time passes, until the server says that it is over. */
const lineOf = (endsMs: number, over: { closing?: ClosingRecord | undefined; load?: typeof calm } = {}): TestDeps => ({
  openSession: () => {
    const ended = Promise.withResolvers<SessionEnd>()
    const closing = 'closing' in over ? over.closing : record
    let began = Infinity
    const session: Session = {
      server: 'lab',
      egress: '198.51.100.7',
      portMbps: 1_000,
      cc: 'bbr',
      localAddress: '127.0.0.1',
      remoteAddress: '198.51.100.1',
      start: () => {
        began = performance.now()
        if (closing !== undefined) setTimeout(() => ended.resolve({ kind: 'closing', record: closing }), endsMs)
      },
      received: () => {
        const ms = Math.max(0, performance.now() - began)
        return { ms, bytes: Math.floor(ms * 750) }
      },
      ended: ended.promise,
      stop: () => Promise.resolve(closing)
    }
    return Promise.resolve(session)
  },
  askTcp: () => Promise.resolve(undefined),
  watchHost: () => ({ stop: () => over.load ?? calm })
})

const run = (deps: TestDeps, around: Partial<Surroundings> = {}, max_ms = 4_000) =>
  runTest(
    jobOf(leaseOf({ max_ms }), {
      host: '198.51.100.1',
      port: 80,
      vantage: 'gateway',
      lab: true,
      root: '/',
      ...around
    }),
    new AbortController().signal,
    deps
  )

void t.test('a fail that nothing speaks against stands', async t => {
  t.match(await run(lineOf(3_500)), { kind: 'tested', result: 'fail', reason: 'below_line' })
})

void t.test('streams that leave by another line than the uplink’s are no test of it', async t => {
  t.match(await run(lineOf(3_500), { lab: false, interfaceName: 'eth9' }), {
    kind: 'not_run',
    reason: 'link_down',
    message: /left by lo, not by eth9/
  })
})

void t.test('a gateway whose counter cannot be read knows no more of others than a panel', async t => {
  t.match(await run(lineOf(3_500), { lab: false }), { result: 'inconclusive', reason: 'no_counter' })
})

void t.test('a server that said no goodbye makes no fail', async t => {
  t.match(await run(lineOf(3_500, { closing: undefined })), { result: 'inconclusive', reason: 'server' })
})

void t.test('what a busy machine held down and left undecided is not weighed against the line', async t => {
  const busy = { ...calm, loopP99Ms: 300 }
  t.match(await run(lineOf(1_200, { load: busy }), {}, 1_200), { result: 'inconclusive', reason: 'host' })
  t.match(await run(lineOf(1_200), {}, 1_200), { result: 'inconclusive', reason: 'undecided' })
})

const net = (t: Test, nics: Record<string, Record<string, string>>, pppoe?: string): string =>
  t.testdir({
    sys: { class: { net: Object.fromEntries(Object.entries(nics).map(([name, files]) => [name, tree(files)])) } },
    proc: { net: pppoe === undefined ? {} : { pppoe } }
  })
const tree = (files: Record<string, string>) => ({
  type: '1',
  mtu: '1500',
  ifindex: '2',
  ...Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text === 'dir' ? {} : text]))
})
const eth0 = { device: 'dir', speed: '1000' }

void t.test('the port below a PPPoE session, a VLAN or a bridge is known; a modem’s figure is no port', t => {
  const ppp0 = { type: '512', mtu: '1492' }
  const sessions = 'Id       Address              Device\n00000A2B 00:11:22:33:44:55     eth0\n'
  const one = net(
    t,
    { eth0, ppp0, 'eth0.10': { lower_eth0: 'dir' }, br0: { bridge: 'dir', lower_eth0: 'dir' } },
    sessions
  )
  for (const name of ['eth0', 'ppp0', 'eth0.10', 'br0']) {
    t.equal(readInterface(one, name)?.portMbps, 1_000, name)
    t.equal(standsOn(one, name, 'eth0'), true, name)
  }
  t.equal(standsOn(one, 'eth0', 'ppp0'), false)
  const two = net(
    t,
    { eth0, eth1: { device: 'dir', speed: '100' }, ppp0 },
    `${sessions}00000A2C 00:11:22:33:44:56 eth1\n`
  )
  t.equal(readInterface(two, 'ppp0')?.portMbps, undefined, 'which of two it is nobody says')
  const modem = net(t, { usb0: { device: 'dir', speed: '50' }, tun0: { type: '65534', speed: '10' } })
  t.equal(readInterface(modem, 'usb0')?.portMbps, undefined, '150 down, 50 up')
  t.equal(readInterface(modem, 'tun0')?.portMbps, undefined)
  t.equal(readInterface(net(t, { eth0, ppp0 }), 'ppp0')?.portMbps, undefined)
  t.end()
})
