import t from 'tap'
import { arpComplete, defaultRoutes, hasDefaultRoute } from '../../../agent/probes/net-tables.ts'

// Recorded on Linux 6.18, with a second default route added.
const heading = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT     \n'
const route =
  heading +
  'wlan0\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0   \n' +
  'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0   \n' +
  'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0   \n'
const arp =
  'IP address       HW type     Flags       HW address            Mask     Device\n' +
  '192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0\n' +
  '192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0\n'
const v6 = (destination: string, flags: string, iface: string) =>
  `${destination} 00 ${'0'.repeat(32)} 00 fe800000000000000000000000000001 00000400 00000001 00000000 ${flags} ${iface}\n`
const any = '0'.repeat(32)

void t.test('default routes come with the preferred one first', async t => {
  const root = t.testdir({ proc: { net: { route } } })
  t.same(await defaultRoutes(root), [
    { iface: 'eth0', gateway: '192.0.2.1', metric: 0 },
    { iface: 'wlan0', gateway: '192.168.2.1', metric: 600 }
  ])
  t.same(await defaultRoutes('/nowhere'), [])
})

void t.test('any default route of either family counts, the reject one of lo does not', async t => {
  const known = (files: Record<string, string>) => hasDefaultRoute(t.testdir({ proc: { net: files } }))
  t.ok(await known({ route }))
  t.notOk(await known({ route: heading }))
  t.ok(await known({ route: heading, ipv6_route: v6(any, '00450003', 'eth0') }))
  t.notOk(await known({ route: heading, ipv6_route: v6(any, '00200200', 'lo') }))
  t.notOk(await known({ ipv6_route: v6(any, '00200201', 'eth0') }))
  t.notOk(await known({ ipv6_route: v6('fd000000000000000000000000000000', '00000001', 'eth0') }))
  t.notOk(await hasDefaultRoute('/nowhere'))
})

void t.test('a neighbour is complete, incomplete, or unknown', async t => {
  const root = t.testdir({ proc: { net: { arp } } })
  t.equal(await arpComplete(root, '192.0.2.1', 'eth0'), true)
  t.equal(await arpComplete(root, '192.0.2.9', 'eth0'), false)
  t.equal(await arpComplete(root, '192.0.2.1', 'eth1'), undefined)
  t.equal(await arpComplete('/nowhere', '192.0.2.1', 'eth0'), undefined)
})
