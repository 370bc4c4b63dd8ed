import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { NothingToSay, type Reading } from '../../../../agent/probe.ts'
import { bandwidthProbe, type BandwidthDeps } from '../../../../agent/probes/bandwidth/bandwidth.ts'
import { readInterface } from '../../../../agent/probes/bandwidth/interface.ts'
import { defaultInterface, readRoutes, routeTo } from '../../../../agent/probes/bandwidth/routes.ts'
import { contextOf, systemOf } from '../context.ts'

const routeTable = (iface: string) => `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
${iface}\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
${iface}\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
br0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`

interface Nic {
  readonly rx?: number
  readonly tx?: number
  readonly type?: string
  readonly mtu?: number
  readonly speed?: number
  readonly index?: number
  readonly bridge?: boolean
}

/** A machine under a temporary root: kernel files that the test rewrites. */
const machine = (t: Test, iface = 'eth0') => {
  const forwarding = { sys: { net: { ipv4: { ip_forward: '1\n' } } } }
  const root = t.testdir({ proc: { net: { route: routeTable(iface) }, ...forwarding }, sys: { class: { net: {} } } })
  const nic = (name: string, { rx = 0, tx = 0, type = '1', mtu = 1500, speed, index = 2, bridge }: Nic) => {
    const folder = join(root, 'sys/class/net', name)
    mkdirSync(join(folder, 'statistics'), { recursive: true })
    if (bridge === true) mkdirSync(join(folder, 'bridge'), { recursive: true })
    if (speed !== undefined) mkdirSync(join(folder, 'device'), { recursive: true })
    const files = { type, mtu, ifindex: index, ...(speed === undefined ? {} : { speed }) }
    for (const [file, value] of Object.entries(files)) writeFileSync(join(folder, file), `${value}\n`)
    for (const [side, bytes] of Object.entries({ rx, tx })) {
      writeFileSync(join(folder, `statistics/${side}_bytes`), `${bytes}\n`)
      writeFileSync(join(folder, `statistics/${side}_packets`), `${Math.ceil(bytes / 1514)}\n`)
    }
  }
  const forward = (on: boolean) => writeFileSync(join(root, 'proc/sys/net/ipv4/ip_forward'), `${on ? 1 : 0}\n`)
  const route = (name: string) => writeFileSync(join(root, 'proc/net/route'), routeTable(name))
  return { root, nic, route, forward }
}

const clockAt = () => ({ monotonic: 0, up: 0 })

const watch = (root: string, options: object = {}) => {
  const clock = clockAt()
  const deps: BandwidthDeps = {
    runTest: () => Promise.reject(new Error('no test here')),
    monotonicMs: () => clock.monotonic,
    resolve: () => Promise.resolve([]),
    random: () => 0.5
  }
  const raw = Object.entries<unknown>({ uplink: 'u1', vantage: 'gateway', tier_mbps: 100, ...options })
  const run = bandwidthProbe(deps).prepare(Object.fromEntries(raw.filter(([, value]) => value !== undefined)))
  const system = systemOf({ root, upMs: () => clock.up })
  const away = () => Promise.reject(new Error('the collector is away'))
  return {
    pass: (ms: number, upMs = ms) => {
      clock.monotonic += ms
      clock.up += upMs
    },
    /** Readings of a run, none when it had nothing to say. */
    run: async (): Promise<readonly Reading[]> => {
      try {
        return await run(contextOf({ system, exchange: away, dataDirectory: root }))
      } catch (cause) {
        if (cause instanceof NothingToSay) return []
        throw cause
      }
    }
  }
}

/** Bytes on an Ethernet interface that are so many Mbit/s at the IP layer for so many ms. */
const bytesAt = (ipMbps: number, ms: number) => Math.round(((ipMbps * ms * 1_000) / 8) * (1514 / 1500))

void t.test('counters of the default route at the line for 30 s are a pass with zero bytes', async t => {
  const { root, nic } = machine(t)
  nic('eth0', { rx: 5_000, tx: 7_000, speed: 1000 })
  const watcher = watch(root)
  t.same(await watcher.run(), [], 'one look is none')
  watcher.pass(60_000)
  nic('eth0', { rx: 5_000 + bytesAt(95.5, 60_000), tx: 7_000 + bytesAt(94.5, 60_000), speed: 1000 })
  const [reading, ...more] = await watcher.run()
  t.same(more, [], 'the other direction was under the line')
  t.match(reading, {
    outcome: 'ok',
    reason: 'counter',
    part: 'down',
    fields: { tier_mbps: 100, line_mbps: 95, bytes_down: 0, bytes_up: 0, duration_ms: 60_000, port_mbps: 1000 },
    labels: { result: 'pass', kind: 'passive', slot: 'none', uplink: 'u1', vantage: 'gateway' }
  })
  t.ok(Math.abs((reading?.fields['ip_mbps'] ?? 0) - 95.5) < 0.1)

  watcher.pass(60_000)
  nic('eth0', { rx: 5_000 + bytesAt(97, 120_000), tx: 7_000, speed: 1000 })
  t.same(await watcher.run(), [], 'said once an hour')
})

void t.test('a machine that forwards nothing is no gateway: its counter sees itself and its neighbours', async t => {
  const { root, nic, forward } = machine(t)
  forward(false)
  nic('eth0', { rx: 0, tx: 0 })
  const watcher = watch(root)
  await watcher.run()
  watcher.pass(60_000)
  nic('eth0', { rx: bytesAt(900, 60_000), tx: 0 })
  t.same(await watcher.run(), [], 'a copy from the file server next to it')
})

void t.test('what cannot be compared proves nothing', async t => {
  const much = bytesAt(200, 60_000)
  interface Change {
    readonly nics: Record<string, Nic>
    readonly route?: string
    readonly ms?: number
    readonly upMs?: number
  }
  const cases: [string, Change, number][] = [
    ['(a rate that does)', { nics: { eth0: { rx: 100 + much } } }, 1],
    ['a reset counter', { nics: { eth0: { rx: 10 } } }, 0],
    ['another default route', { nics: { eth1: { rx: 100 + much } }, route: 'eth1' }, 0],
    ['a new device of the same name', { nics: { eth0: { rx: 100 + much, index: 9 } } }, 0],
    ['a sleep', { nics: { eth0: { rx: 100 + much } }, upMs: 3_600_000 }, 0],
    ['less than 30 s', { nics: { eth0: { rx: 100 + much } }, ms: 29_000 }, 0],
    ['a clock that stands still', { nics: { eth0: { rx: 100 + much } }, ms: 0 }, 0],
    ['more than the port carries', { nics: { eth0: { rx: 100 + 10 * much, speed: 1000 } } }, 0],
    ['traffic on a LAN port', { nics: { eth0: { rx: 100 }, br0: { rx: much } } }, 0]
  ]
  for (const [name, { nics, route, ms = 60_000, upMs = ms }, readings] of cases)
    await t.test(name, async t => {
      const rig = machine(t)
      rig.nic('eth0', { rx: 100 })
      const watcher = watch(rig.root)
      await watcher.run()
      for (const [nic, counts] of Object.entries(nics)) rig.nic(nic, counts)
      if (route !== undefined) rig.route(route)
      watcher.pass(ms, upMs)
      t.equal((await watcher.run()).length, readings)
    })
  await t.test('a bridge, a panel, and passive switched off', async t => {
    const table: [string, Nic, object][] = [
      ['a bridge', { bridge: true }, {}],
      ['a panel', {}, { vantage: 'panel' }],
      ['passive switched off', {}, { passive: false }],
      ['an interface that is not there', {}, { interface: 'eth9' }],
      ['no tier known yet', {}, { tier_mbps: undefined }]
    ]
    for (const [name, nicOptions, options] of table) {
      const { root, nic } = machine(t)
      nic('eth0', nicOptions)
      const watcher = watch(root, options)
      await watcher.run()
      nic('eth0', { rx: much, ...nicOptions })
      watcher.pass(60_000)
      t.same(await watcher.run(), [], name)
    }
  })
})

void t.test('a tunnel counts IP bytes, and its own speed is no port', async t => {
  const { root, nic } = machine(t, 'ppp0')
  nic('ppp0', { type: '512', mtu: 1492 })
  t.match(readInterface(root, 'ppp0'), { kind: 'ip', mtu: 1492, portMbps: undefined, counts: true })
  nic('lo', { type: '772', mtu: 65536 })
  t.match(readInterface(root, 'lo'), { counts: false })
  t.equal(readInterface(root, 'eth9'), undefined)
  mkdirSync(join(root, 'sys/class/net/eth0.7/lower_eth0'), { recursive: true })
  nic('eth0', { speed: 100 })
  nic('eth0.7', {})
  t.match(readInterface(root, 'eth0.7'), { portMbps: 100 }, 'a VLAN has the port of the device below')
})

void t.test('routes of both families', async t => {
  const v6 = `20010db8000000000000000000000000 20 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000003 00000000 00000003     ppp0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`
  const root = t.testdir({ proc: { net: { route: routeTable('eth0'), ipv6_route: v6 } } })
  const routes = await readRoutes(root)
  t.equal(defaultInterface(routes), 'eth0')
  t.equal(defaultInterface(routes, 6), 'ppp0')
  t.match(routeTo(routes, '192.168.2.9'), { iface: 'br0', bits: 24 })
  t.match(routeTo(routes, '203.0.113.1'), { iface: 'eth0', bits: 0 })
  t.match(routeTo(routes, '2001:db8::9'), { iface: 'eth0', bits: 32 })
  t.match(routeTo(routes, '2001:db9::9'), { iface: 'ppp0', bits: 0 })
  t.same(await readRoutes('/nowhere'), [])
})
