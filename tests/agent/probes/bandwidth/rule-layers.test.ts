import t from 'tap'
import { ipFactor, linkFactor, totalIpBytes } from '../../../../agent/probes/bandwidth/rule/layers.ts'

const ethernet = { mtu: 1_500, family: 4 } as const
const near = (t: { ok: (value: boolean, name: string) => unknown }, value: number, expected: number, name: string) =>
  t.ok(Math.abs(value / expected - 1) < 1e-4, `${name}: ${value}, expected ${expected}`)

void t.test('payload to the IP layer, for every header that a path puts before it', async t => {
  near(t, ipFactor(ethernet), 1_500 / 1_448, 'IPv4 with timestamps')
  near(t, ipFactor({ ...ethernet, timestamps: false }), 1_500 / 1_460, 'IPv4 without timestamps')
  near(t, ipFactor({ mtu: 1_500, family: 6 }), 1_500 / 1_428, 'IPv6')
  near(t, ipFactor({ ...ethernet, pppoe: true }), 1_492 / 1_440, 'PPPoE behind an Ethernet interface')
  near(t, ipFactor({ mtu: 1_492, family: 4, pppoe: true }), 1_492 / 1_440, 'the PPPoE interface itself')
  near(t, ipFactor({ mtu: 1_280, family: 6 }), 1_280 / 1_208, 'the least MTU of IPv6')
  near(t, linkFactor('ethernet', 1_500), 1_500 / 1_514, 'sysfs')
  near(t, linkFactor('if_octets', 1_500), 1_500 / 1_518, 'ifHC octets')
  t.equal(linkFactor('ip', 1_500), 1)
})

void t.test('a gigabit port is told as 975 Mbit/s whoever counts', async t => {
  // A second of full frames: 81,274 of 1,538 octets on the wire, preamble and gap included.
  const packets = 81_274
  const testBytes = packets * 1_448
  const ip = packets * 1_500
  const said = (interfaceBytes: number, kind: 'ethernet' | 'if_octets' | 'ip', interfacePackets?: number) =>
    totalIpBytes({ testBytes, interfaceBytes, kind, path: ethernet, ...(interfacePackets && { interfacePackets }) })
  near(t, totalIpBytes({ testBytes, kind: 'ip', path: ethernet }), ip, 'no counter')
  near(t, said(packets * 1_514, 'ethernet', packets), ip, 'sysfs with packets')
  near(t, said(packets * 1_514, 'ethernet'), ip, 'sysfs without packets')
  near(t, said(packets * 1_518, 'if_octets', packets), ip, 'switch port')
  // Merged to 40 segments a packet: headers of 39 of 40 are not counted.
  const merged = packets / 40
  near(t, said(testBytes + merged * 52, 'ip', merged), ip, 'TUN that counts merged packets')
  near(t, said(testBytes + merged * 66, 'ethernet', merged), ip, 'veth that counts merged packets')
  near(t, (said(packets * 1_514, 'ethernet', packets) * 8) / 1e6, 975.3, 'Mbit/s')
})

void t.test('a counter adds other traffic, never less than the test and never more than it proves', async t => {
  const counted = { testBytes: 1_448_000, kind: 'ethernet', path: ethernet } as const
  near(
    t,
    totalIpBytes({ ...counted, interfaceBytes: 0, interfacePackets: 0 }),
    1_500_000,
    'a counter that stands still'
  )
  near(t, totalIpBytes({ ...counted, interfaceBytes: 9_000, interfacePackets: 90 }), 1_500_000, 'the other direction')
  near(t, totalIpBytes({ ...counted, interfaceBytes: NaN }), 1_500_000, 'no number')
  near(
    t,
    totalIpBytes({ ...counted, interfaceBytes: 3 * 1_514_000, interfacePackets: 3_000 }),
    4_500_000,
    'cross traffic'
  )
  // A thousand full frames of the test and ten thousand of 60 bytes beside them.
  const mixed = { interfaceBytes: 1_514_000 + 740_000, interfacePackets: 11_000 }
  near(t, totalIpBytes({ ...counted, ...mixed }), 2_100_000, 'small packets beside it')
  // The same merged: the count of segments is too low, so the total is too.
  const superframes = { interfaceBytes: 1_448_000 + 25 * 66 + 740_000, interfacePackets: 10_025 }
  const low = totalIpBytes({ ...counted, ...superframes })
  t.ok(low <= 2_100_000 && low >= 2_000_000, `merged and small: ${low}`)
})
