import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startCross, whyNoCross } from '../rig/link/cross.ts'
import { openLink, whyNoLink, type Link, type LinkOptions } from '../rig/link/link.ts'
import { creditLine, lineOf, policedLine } from '../rig/link/shape.ts'
import { startTestServer, type Printed, type TestServer, type TierTest } from '../rig/link/tier-test.ts'

// The product's own command and test server over links whose truth is known. `npm run soak -- bandwidth` is the long form.

t.setTimeout(300_000)

const obstacle = whyNoLink()
const noCross = obstacle ?? whyNoCross()
const needsCross = { skip: noCross === undefined ? false : `no cross traffic: it ${noCross}` } as const
const needsLink = { skip: obstacle === undefined ? false : `no live bandwidth test: ${obstacle}` } as const
if (noCross !== undefined)
  console.error(
    `SKIPPED: live bandwidth tests of tests/peers${obstacle === undefined ? ' with cross traffic' : ', all of them'}: this machine ${noCross}`
  )

interface Site {
  readonly link: Link
  readonly server: TestServer
  /** Like the product's plan: anything undecided is tested once more. Never twice: a wrong answer must come out. A machine too busy to judge says so, and is asked again. */
  decide(test: TierTest): Promise<Printed>
}

const site = async (t: Test, options: Partial<LinkOptions> = {}, portMbps = 10_000): Promise<Site> => {
  const link = await openLink({ rttMs: 10, ...options })
  t.teardown(() => link.close())
  const family = options.families?.includes(4) === false ? 6 : 4
  const server = await startTestServer(link, { family, portMbps })
  t.teardown(() => server.stop())
  return {
    link,
    server,
    decide: async test => {
      const awake = async (): Promise<Printed> => {
        for (let tries = 1; ; tries += 1) {
          const { printed } = await server.test(test)
          if (printed.reason !== 'host' || tries === 4) return printed
        }
      }
      const printed = await awake()
      return printed.result === 'inconclusive' ? awake() : printed
    }
  }
}

/** Bytes of `iperf3 -t 10` at the tier. */
const tenSeconds = (tier: number): number => (tier * 1e7) / 8

const pairs = [
  { tier: 100, mbps: 100, result: 'pass' },
  { tier: 100, mbps: 90, result: 'fail' },
  { tier: 100, mbps: 300, result: 'pass' },
  { tier: 500, mbps: 500, result: 'pass' },
  { tier: 500, mbps: 450, result: 'fail' }
] as const

void t.test('a line is told from one that is too slow, with a fraction of the bytes', needsLink, async t => {
  const { link, decide } = await site(t)
  for (const { tier, mbps, result } of pairs) {
    link.shape('down', lineOf(mbps))
    const printed = await decide({ tier })
    t.match(printed, { result }, `${mbps} Mbit/s for ${tier}`)
    t.ok(printed.bytes < 0.5 * tenSeconds(tier), `${printed.bytes} bytes`)
    const shown = Math.min(mbps, 1.1 * tier)
    t.ok(Math.abs((printed.ip_mbps ?? NaN) / shown - 1) < 0.03, `${printed.ip_mbps} Mbit/s at the IP layer`)
  }
})

void t.test('an upload is judged by what the server received', needsLink, async t => {
  const { link, decide } = await site(t)
  link.shape('up', lineOf(100))
  t.match(await decide({ tier: 100, direction: 'up' }), { result: 'pass' })
  link.shape('up', lineOf(90))
  t.match(await decide({ tier: 100, direction: 'up' }), { result: 'fail' })
})

const paths: readonly (Partial<LinkOptions> & { readonly name: string })[] = [
  { name: 'an IPv6-only path', families: [6] },
  { name: 'an MTU of 1280', mtu: 1280 },
  { name: 'an MTU of 1492 (PPPoE)', mtu: 1492 },
  { name: 'an IPv6-only path with an MTU of 1280', families: [6], mtu: 1280 }
]
for (const { name, ...options } of paths)
  void t.test(`${name} carries a test`, needsLink, async t => {
    const { link, decide } = await site(t, options)
    link.shape('down', lineOf(98))
    const pass = await decide({ tier: 100 })
    t.match(pass, { result: 'pass' })
    t.ok(Math.abs((pass.ip_mbps ?? NaN) / 98 - 1) < 0.02, `${pass.ip_mbps} Mbit/s at the IP layer`)
    link.shape('down', lineOf(92))
    t.match(await decide({ tier: 100 }), { result: 'fail' })
  })

void t.test('burst credit earns no certificate, a flat line does', needsLink, async t => {
  const { link, decide } = await site(t)
  link.shape('down', lineOf(105))
  t.match(await decide({ tier: 100, kind: 'certify' }), { result: 'pass' })
  for (const creditS of [1, 3]) {
    link.shape('down', creditLine(90, creditS, 500))
    t.not((await decide({ tier: 100, kind: 'certify' })).result, 'pass', `${creditS} s of credit`)
  }
})

void t.test('a shallow policer in the network makes no false answer', needsLink, async t => {
  for (const congestion of ['bbr', 'cubic'] as const) {
    const { link, server } = await site(t, { congestion, routed: true })
    link.shape('down', policedLine(100))
    t.not((await server.test({ tier: 100 })).printed.result, 'fail', `100 Mbit/s, ${congestion}`)
    link.shape('down', policedLine(85))
    t.not((await server.test({ tier: 100 })).printed.result, 'pass', `85 Mbit/s, ${congestion}`)
  }
})

void t.test('what others use of the line counts on a gateway', needsCross, async t => {
  const { link, server } = await site(t)
  link.shape('down', lineOf(100))
  for (const load of [30, 'greedy'] as const) {
    const cross = await startCross(link, 'down', load)
    const { printed } = await server.test({ tier: 100, more: ['--interface', link.device] })
    await cross.stop()
    t.not(printed.result, 'fail', `100 Mbit/s with ${load}`)
  }
  link.shape('down', lineOf(80))
  const cross = await startCross(link, 'down', 'greedy')
  t.not((await server.test({ tier: 100, more: ['--interface', link.device] })).printed.result, 'pass', '80 Mbit/s')
  await cross.stop()
})

void t.test('a cable pulled during the test is no slow line', needsLink, async t => {
  const { link, server, decide } = await site(t)
  // Exactly on the line: it would look for long.
  link.shape('down', lineOf(95))
  const test = server.test({ tier: 100 })
  await sleep(2_000)
  link.carry(false)
  t.match((await test).printed, { result: 'inconclusive', reason: 'link_down' })
  link.carry(true)
  link.shape('down', lineOf(100))
  t.match(await decide({ tier: 100 }), { result: 'pass' })
})

void t.test('a server whose port is too small for the tier refuses with both figures', needsLink, async t => {
  const { server } = await site(t, {}, 1_000)
  await t.rejects(server.test({ tier: 1000 }), /1000.*1200|1200.*1000/s)
})
