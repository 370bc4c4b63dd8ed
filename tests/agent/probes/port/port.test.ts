import t, { type Test } from 'tap'
import { Unavailable, type Reading } from '../../../../agent/probe.ts'
import type { System, SystemPort } from '../../../../agent/system.ts'
import { highestMode, remembered, runEthtool } from '../../../../agent/probes/port/capability.ts'
import { port, portProbe, type PortDeps } from '../../../../agent/probes/port/port.ts'
import { runCheck } from '../../../../agent/run-check.ts'
import { contextOf, depsOf, systemOf, thrown } from '../context.ts'

const silent: PortDeps = { askCapability: () => Promise.resolve(undefined) }

type Folder = Parameters<Test['testdir']>[0]
interface Files {
  readonly net: NonNullable<Folder>
  readonly proc?: Record<string, string>
}
const rootOf = (t: Test, { net, proc = {} }: Files) => t.testdir({ sys: { class: { net } }, proc: { net: proc } })
const run = (root: string, options: object = {}, deps = silent): Promise<readonly Reading[]> =>
  portProbe(deps).prepare(options)(contextOf({ system: systemOf({ root }) }))

/** A port as sysfs shows it; `device` is a folder here and a link there, which nobody tells apart. */
const wired = (t: Test, speed: string, duplex: string, carrier = '1') => ({
  device: { driver: t.fixture('symlink', '../../../drivers/r8169') },
  type: '1\n',
  speed: `${speed}\n`,
  duplex: `${duplex}\n`,
  carrier: `${carrier}\n`,
  carrier_changes: '3\n'
})

void t.test('what a port negotiated decides', async t => {
  const table: [string, string, string, string, string | undefined][] = [
    ['1000', 'full', '1', 'ok', undefined],
    ['2500', 'full', '1', 'ok', undefined],
    ['10000', 'unknown', '1', 'ok', undefined],
    ['100', 'full', '1', 'degraded', 'speed_low'],
    ['10', 'half', '1', 'degraded', 'speed_low'],
    ['1000', 'half', '1', 'degraded', 'half_duplex'],
    ['-1', 'unknown', '1', 'unavailable', 'speed_unknown'],
    ['0', 'full', '1', 'unavailable', 'speed_unknown'],
    ['1000', 'full', '0', 'unavailable', 'no_carrier']
  ]
  for (const [speed, duplex, carrier, outcome, reason] of table) {
    const root = rootOf(t, { net: { eth0: wired(t, speed, duplex, carrier) } })
    const [reading] = await run(root)
    t.same([reading?.outcome, reading?.reason], [outcome, reason], `${speed} ${duplex} carrier ${carrier}`)
    t.match(reading, {
      part: 'eth0',
      fields: { carrier: Number(carrier), carrier_changes_n: 3 },
      labels: { kind: 'port', driver: 'r8169' }
    })
  }
})

void t.test('all fields of a good port', async t => {
  const [reading] = await run(
    rootOf(t, { net: { eth0: wired(t, '1000', 'full') } }),
    {},
    {
      askCapability: () => Promise.resolve(2500)
    }
  )
  t.same(reading?.fields, { carrier: 1, speed_mbps: 1000, duplex_full: 1, carrier_changes_n: 3, capable_mbps: 2500 })
})

void t.test('a port that is switched off cannot be read, and has no carrier', async t => {
  // carrier, speed and duplex give EINVAL then: absent files read the same.
  const [reading] = await run(rootOf(t, { net: { eth0: { device: {}, type: '1\n' } } }))
  t.same(reading, {
    outcome: 'unavailable',
    reason: 'no_carrier',
    part: 'eth0',
    fields: { carrier: 0 },
    labels: { kind: 'port' }
  })
})

void t.test('the last speed of a cable that is gone is no speed', async t => {
  const [reading] = await run(rootOf(t, { net: { eth0: wired(t, '1000', 'full', '0') } }))
  t.notOk('speed_mbps' in (reading?.fields ?? {}))
})

void t.test('each physical port is a part; bridges, tunnels, loopback and CAN are none', async t => {
  const virtual = { type: '1\n', speed: '10000\n', duplex: 'full\n', carrier: '1\n' }
  const net = {
    lo: { type: '772\n' },
    br0: virtual,
    tap0: { ...virtual },
    can0: { ...wired(t, '1', 'half'), type: '280\n' },
    eth1: wired(t, '100', 'full'),
    eth0: wired(t, '1000', 'full')
  }
  const root = rootOf(t, { net })
  t.same(
    (await run(root)).map(one => `${one.part ?? ''} ${one.reason ?? one.outcome}`),
    ['eth0 ok', 'eth1 speed_low']
  )
  t.same(
    (await run(root, { interfaces: ['tap0', 'gone0'] })).map(one => `${one.part ?? ''} ${one.reason ?? one.outcome}`),
    ['tap0 ok', 'gone0 no_such_port'],
    'a virtual one counts when it is named'
  )
})

void t.test('a machine without ports is unavailable, not failed', async t => {
  for (const root of [rootOf(t, { net: { lo: { type: '772\n' } } }), '/nowhere']) {
    const probe = portProbe(silent)
    const deps = depsOf({ system: systemOf({ root }) })
    const [reading] = await runCheck(probe, probe.prepare({}), { check: 'port-1@1' }, deps)
    t.match(reading, { outcome: 'unavailable', reason: 'no_physical_port', fields: {} })
    t.equal(reading?.part, undefined)
  }
})

const routeOf = (iface: string) =>
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n' +
  `${iface}\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n` +
  `${iface}\t0002A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n`
const arpOf = (flags: string, iface = 'wlan0') =>
  'IP address       HW type     Flags       HW address            Mask     Device\n' +
  `192.168.2.1      0x1         ${flags}         02:fc:00:00:00:05     *        ${iface}\n`
const wirelessOf = (level: string) =>
  'Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n' +
  ' face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n' +
  ` wlan0: 0000   60.  ${level}  -256        0      0      0      0     52        0\n`

void t.test('Wi-Fi is judged by signal and gateway', async t => {
  const route = routeOf('wlan0')
  const [good, idle] = [arpOf('0x2'), arpOf('0x2', 'eth0')]
  const table: [string, { wireless?: string; route?: string; arp?: string }, string, string | undefined, object][] = [
    [
      'near',
      { wireless: wirelessOf('-55.'), route, arp: good },
      'ok',
      undefined,
      { rssi_dbm: -55, gateway_reachable: 1 }
    ],
    ['at -67', { wireless: wirelessOf('-67.'), route, arp: good }, 'ok', undefined, {}],
    ['at -68', { wireless: wirelessOf('-68.'), route, arp: good }, 'degraded', 'weak_signal', {}],
    ['at -75', { wireless: wirelessOf('-75.'), route, arp: good }, 'degraded', 'weak_signal', {}],
    ['at -76', { wireless: wirelessOf('-76.'), route, arp: good }, 'failed', 'signal_too_low', { rssi_dbm: -76 }],
    ['a byte', { wireless: wirelessOf('206.'), route, arp: good }, 'ok', undefined, { rssi_dbm: -50 }],
    ['a quality', { wireless: wirelessOf('60.'), route, arp: good }, 'unavailable', 'signal_unknown', {}],
    ['no table', { route, arp: good }, 'unavailable', 'signal_unknown', { gateway_reachable: 1 }],
    [
      'incomplete neighbour',
      { wireless: wirelessOf('-55.'), route, arp: arpOf('0x0') },
      'failed',
      'no_gateway',
      { gateway_reachable: 0 }
    ],
    ['no route', { wireless: wirelessOf('-55.'), route: routeOf('eth0'), arp: good }, 'failed', 'no_gateway', {}],
    ['idle beside a cable', { wireless: wirelessOf('-55.'), route, arp: idle }, 'unavailable', 'gateway_unknown', {}]
  ]
  for (const [name, proc, outcome, reason, fields] of table) {
    const net = { wlan0: { device: {}, type: '1\n', wireless: {}, carrier: '1\n' } }
    const [reading] = await run(rootOf(t, { net, proc }))
    t.same([reading?.outcome, reading?.reason], [outcome, reason], name)
    t.match(reading, { part: 'wlan0', fields: { associated: 1, ...fields }, labels: { kind: 'wifi' } }, name)
  }
})

void t.test('Wi-Fi that joined nothing is unavailable', async t => {
  const net = { wlan0: { device: {}, type: '1\n', phy80211: {}, carrier: '0\n' } }
  const [reading] = await run(rootOf(t, { net, proc: { wireless: wirelessOf('-55.') } }))
  t.match(reading, { outcome: 'unavailable', reason: 'not_associated' })
  t.same(reading?.fields, { associated: 0 })
})

void t.test('where there is no sysfs the system is asked', async t => {
  const one = (known: Partial<SystemPort>): SystemPort => ({
    name: 'Ethernet',
    virtual: false,
    wireless: false,
    up: true,
    speedMbps: 1000,
    duplex: '',
    ...known
  })
  const ports: SystemPort[] = [
    one({}),
    one({ name: 'Ethernet 2', speedMbps: 100, duplex: 'full' }),
    one({ name: 'Ethernet 3', up: false, speedMbps: undefined }),
    one({ name: 'WLAN', wireless: true, speedMbps: 400 }),
    one({ name: 'vEthernet', virtual: true })
  ]
  const windows = (known: readonly SystemPort[]): System =>
    systemOf({ platform: 'win32', ports: () => Promise.resolve(known) })
  const readings = await portProbe(silent).prepare({})(contextOf({ system: windows(ports) }))
  t.same(
    readings.map(reading => [reading.part, reading.reason ?? reading.outcome]),
    [
      ['Ethernet', 'ok'],
      ['Ethernet 2', 'speed_low'],
      ['Ethernet 3', 'no_carrier'],
      ['WLAN', 'signal_unknown']
    ]
  )
  const nothing = portProbe(silent).prepare({})(contextOf({ system: windows([]) }))
  await t.rejects(
    nothing,
    new Unavailable('no_physical_port', 'no network interface of this machine has a device behind it')
  )
})

void t.test('a card is asked once an hour what it can do, also when nobody knows', async t => {
  let now = 0
  const asked: string[] = []
  const ask = remembered(
    iface => {
      asked.push(iface)
      return Promise.resolve(iface === 'eth0' ? 1000 : undefined)
    },
    () => now
  )
  const { signal } = new AbortController()
  for (const at of [0, 1_000, 3_599_000]) {
    now = at
    t.equal(await ask('eth0', signal), 1000)
    t.equal(await ask('eth1', signal), undefined)
  }
  t.same(asked, ['eth0', 'eth1'])
  now = 3_600_000
  await ask('eth0', signal)
  t.same(asked, ['eth0', 'eth1', 'eth0'])
  await ask('eth2', AbortSignal.abort())
  await ask('eth2', signal)
  t.same(asked.slice(3), ['eth2', 'eth2'], 'a run that was cut off does not keep its ignorance')
})

void t.test('the highest supported link mode of ethtool', t => {
  const recorded = (modes: string) =>
    `Settings for eth0:\n\tSupported ports: [ TP MII ]\n\tSupported link modes:   ${modes}\n` +
    '\tSupported pause frame use: Symmetric Receive-only\n\tAdvertised link modes:  10000baseT/Full\n\tSpeed: 100Mb/s\n'
  const gigabit = '10baseT/Half 10baseT/Full\n\t                        100baseT/Half 100baseT/Full\n'
  t.equal(highestMode(recorded(`${gigabit}\t                        1000baseT/Full`)), 1000)
  t.equal(
    highestMode(recorded('10baseT/Half 10baseT/Full\n\t                        100baseT/Half 100baseT/Full')),
    100
  )
  t.equal(highestMode(recorded('1000baseKX/Full\n\t                        10000baseKR/Full 2500baseX/Full')), 10_000)
  t.equal(highestMode(recorded('Not reported')), undefined)
  t.equal(highestMode(''), undefined)
  t.end()
})

void t.test('no ethtool is no answer and no error; a name like an option never reaches it', async t => {
  const path = process.env['PATH']
  const { signal } = new AbortController()
  process.env['PATH'] = ''
  t.teardown(() => (process.env['PATH'] = path))
  t.equal(await runEthtool('no-such-port', signal), undefined)
  t.equal(await runEthtool('-h', signal), undefined)
  t.equal(await runEthtool('eth0', AbortSignal.abort()), undefined)
})

void t.test('bad options are refused with a sentence', t => {
  const pattern = '^[^-./\\s][^/\\s]{0,14}$'
  for (const name of ['-h', '../up', 'a b', 'a/b', '.', 'sixteen-letters-', ''])
    t.equal(
      thrown(() => port.prepare({ interfaces: ['eth0', name] })),
      `port options /interfaces/1 must match ${pattern}, got ${JSON.stringify(name)}`
    )
  t.equal(
    thrown(() => port.prepare({ interface: [] })),
    'port options /interface is not a known key: did you mean "interfaces"?'
  )
  t.end()
})

void t.test('this machine can be measured', async t => {
  const root = process.platform === 'linux' ? '/' : '/nowhere'
  const probe = portProbe(silent)
  const [reading] = await runCheck(
    probe,
    probe.prepare({}),
    { check: 'port-1@1' },
    depsOf({ system: systemOf({ root }) })
  )
  t.match(reading, { outcome: String, fields: Object })
  t.not(reading?.reason, 'error')
})
