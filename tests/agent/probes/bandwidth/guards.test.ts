import t from 'tap'
import { doubtOf, type Circumstances } from '../../../../agent/probes/bandwidth/guards.ts'
import { tcpInfoIn } from '../../../../agent/probes/bandwidth/tcp-info.ts'
import type { ClosingRecord } from '../../../../contract/bandwidth.ts'

const closing: ClosingRecord = {
  bytes: 1,
  duration_ms: 2_000,
  ended: 'stopped',
  cc: 'bbr',
  loop_p99_ms: 1,
  cpu_pct: 10,
  peak_tests_n: 1,
  peak_caps_mbps: 110,
  port_mbps: 1_000
}
/** A fail that nothing speaks against. */
const clean: Circumstances = {
  vantage: 'gateway',
  direction: 'down',
  tierMbps: 100,
  lineMbps: 95,
  ipMbps: 80,
  cv: 0.03,
  lost: false,
  aborted: false,
  crossMbps: 0,
  crossCounted: true,
  loopP99Ms: 2,
  cpuPct: 20,
  stealPct: 0,
  ownPct: 30,
  cc: 'bbr',
  retransPct: 0,
  rwndLimitedPct: 0,
  minRttMs: 10,
  loadedRttMs: 60,
  closing
}

void t.test('a fail stands unless its circumstances explain it', t => {
  const table: [string, Partial<Circumstances>, string | undefined][] = [
    ['nothing speaks against it', {}, undefined],
    [
      'nothing is known of it',
      {
        cpuPct: undefined,
        stealPct: undefined,
        ownPct: undefined,
        retransPct: undefined,
        rwndLimitedPct: undefined,
        minRttMs: undefined,
        crossMbps: undefined
      },
      undefined
    ],
    ['an unsteady line', { cv: 0.5 }, undefined],
    ['streams that stand still and run by turns', { cv: 1.38 }, 'stalled'],
    ['event loop at the limit', { loopP99Ms: 50 }, undefined],
    ['event loop late', { loopP99Ms: 50.1 }, 'host'],
    ['stolen processor', { stealPct: 10.1 }, 'host'],
    ['a busy gateway whose test slept in between', { cpuPct: 100, ownPct: 60 }, undefined],
    ['a busy machine whose test never slept', { cpuPct: 86, ownPct: 90 }, 'host'],
    ['a busy machine that tells no more', { cpuPct: 86, ownPct: undefined }, 'host'],
    ['a test that never slept on an idle machine with many processors', { cpuPct: 30, ownPct: 99 }, undefined],
    ['a server that said no goodbye', { closing: undefined }, 'server'],
    ['server late', { closing: { ...closing, loop_p99_ms: 51 } }, 'server'],
    ['server over its leases', { closing: { ...closing, peak_tests_n: 2, peak_caps_mbps: 801 } }, 'server'],
    ['one test alone may come near the port', { closing: { ...closing, peak_caps_mbps: 900 } }, undefined],
    ['server port too small', { closing: { ...closing, port_mbps: 119 } }, 'server'],
    ['server port unknown', { closing: { ...closing, port_mbps: 0 } }, undefined],
    ['far away', { minRttMs: 100.1 }, 'path'],
    ['window', { rwndLimitedPct: 20.1 }, 'rwnd'],
    ['losses with cubic', { cc: 'cubic', retransPct: 2.1 }, 'loss'],
    ['losses with an unknown sender', { cc: '', retransPct: 2.1 }, 'loss'],
    ['a full line loses a little with cubic, and its queue shows', { cc: 'cubic', retransPct: 1.5 }, undefined],
    ['a policer takes packets and leaves no queue', { cc: 'cubic', retransPct: 1.5, loadedRttMs: 10.4 }, 'loss'],
    ['losses, and nobody knows the queue', { cc: 'cubic', retransPct: 0.1, loadedRttMs: undefined }, 'loss'],
    ['no losses to speak of and no queue', { cc: 'cubic', retransPct: 0.05, loadedRttMs: 14.9 }, 'sender'],
    ['no losses, and nobody knows the queue', { cc: 'cubic', retransPct: 0, loadedRttMs: undefined }, undefined],
    ['losses with BBR', { cc: 'bbr', retransPct: 30 }, undefined],
    ['cross traffic that is counted', { crossMbps: 60 }, undefined],
    ['much cross traffic that is not', { crossMbps: 31, ipMbps: 40, crossCounted: false }, 'busy'],
    ['little cross traffic that explains it', { crossMbps: 16, crossCounted: false }, 'busy'],
    ['little cross traffic that does not', { crossMbps: 14, crossCounted: false }, undefined],
    ['a panel', { vantage: 'panel' }, 'no_counter'],
    ['a panel far away', { vantage: 'panel', minRttMs: 200 }, 'path'],
    ['the link went', { lost: true, loopP99Ms: 80 }, 'link_down'],
    ['given way', { aborted: true, lost: true }, 'aborted']
  ]
  for (const [name, over, doubt] of table) t.equal(doubtOf({ ...clean, ...over }), doubt, name)
  t.end()
})

void t.test('what ss says of two sockets becomes one view', t => {
  const answer = `ESTAB 0 0 10.0.0.2:57158 10.0.0.1:80
\t bbr wscale:10,10 rto:208 rtt:15.281/10.461 mss:1448 bytes_sent:1000 bytes_retrans:30 segs_out:19 busy:100ms rwnd_limited:30ms(30.0%) rcv_rtt:14.5 minrtt:10.021
ESTAB 0 0 10.0.0.2:57160 10.0.0.1:80
\t bbr wscale:10,10 rto:208 rtt:12/1 mss:1448 bytes_sent:1000 busy:100ms minrtt:10.5
`
  t.same(tcpInfoIn(answer), {
    cc: 'bbr',
    minRttMs: 10.021,
    rttMs: 15.281,
    receiveRttMs: 14.5,
    sentBytes: 2000,
    retransPct: 1.5,
    rwndLimitedPct: 15
  })
  t.equal(tcpInfoIn(''), undefined)
  t.equal(tcpInfoIn('Cannot open netlink socket'), undefined)
  t.end()
})
