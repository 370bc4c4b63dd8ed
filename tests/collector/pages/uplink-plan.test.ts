import t from 'tap'
import { dayStart } from '../../../collector/calendar/day.ts'
import { policyOf } from '../../../collector/leases/policy.ts'
import { plainContext } from '../../../collector/routes/pages/context.ts'
import { nextTest } from '../../../collector/routes/pages/model/uplink/next-test.ts'
import type { OneUplink } from '../../../collector/routes/pages/model/uplink/reads.ts'
import { tierBlock } from '../../../collector/routes/pages/model/uplink/tier.ts'
import { nowMs } from './city-ledger.ts'
import { tierTest } from './tier-tests.ts'

const policy = policyOf()
const own: OneUplink = {
  uplink: {
    id: 'u',
    school: 's',
    device: 'd',
    interfaceName: undefined,
    contractDownMbps: undefined,
    contractUpMbps: undefined,
    isp: undefined,
    sharedGroup: undefined,
    server: undefined
  },
  vantage: 'gateway',
  leases: [],
  dark: false,
  wishedUntilMs: undefined
}
const hour = 3_600_000
const next = (atMs: number, one: Partial<OneUplink> = {}, tests = [] as ReturnType<typeof tierTest>[]) =>
  nextTest(policy, { ...own, ...one }, tests, [500], atMs)

void t.test('the next test lies in the uplink’s own slot, now when that is open', async t => {
  const night = dayStart('2026-11-12')
  const slot = next(night)?.atMs ?? 0
  t.ok(slot > night + 0.5 * hour && slot < night + 6 * hour)
  t.equal(next(slot + 60_000)?.atMs, slot + 60_000, 'the window is open')
  t.equal(next(night + 7 * hour)?.atMs !== undefined, true)
  t.ok((next(night + 7 * hour)?.atMs ?? 0) > night + 24 * hour, 'else the next night')
  const dark = next(night + 7 * hour, { dark: true })?.atMs ?? 0
  t.ok(dark % (24 * hour) !== slot % (24 * hour) && dark < night + 32 * hour, 'by day where the power is off at night')
})

void t.test('a line that passed today is tested tomorrow, one that was never tested gets a full test', async t => {
  const passed = tierTest('u', 0, '01:00', { kind: 'certify', creditAskedS: 3, flat: true })
  const tomorrow = next(passed.atMs + 60_000, {}, [passed])
  t.ok((tomorrow?.atMs ?? 0) > dayStart('2026-11-13'))
  t.equal(tomorrow?.plan.kind, 'quick')
  t.equal(next(nowMs)?.plan.kind, 'certify')
  t.equal(nextTest(policy, own, [], [], nowMs), undefined, 'no tier, no test')
})

void t.test('behind a port as fast as the tier burst credit is said to be not excluded', async t => {
  const full = { kind: 'certify', tierMbps: 1000, ipMbps: 975, creditAskedS: 3, portLimited: true } as const
  const tests = [tierTest('u', 1, '01:00', full)]
  const tier = { mbps: 1000, passRatio: 0.95, obstacle: undefined } as const
  const notes = (language: string) =>
    tierBlock(plainContext({ url: `/?lang=${language}`, headers: {} }, nowMs), own, tests, tier)
      .notes.map(note => note.text)
      .join(' ')
  t.match(notes('zh'), '但要求 1000M 而端口也只有这么快，无法排除突发额度')
  t.match(notes('en'), 'T = 1000 behind a port of that same speed: burst credit cannot be excluded')
})

void t.test('days that burst credit made void say so', async t => {
  const certify = { kind: 'certify', creditAskedS: 3 } as const
  const tests = [
    tierTest('u', 6, '01:00', certify),
    ...[5, 4].map(ago => tierTest('u', ago, '01:00')),
    tierTest('u', 2, '01:00', {
      ...certify,
      result: 'fail',
      reason: 'below_line',
      ipMbps: 210,
      evidencePass: -12,
      evidenceFail: 12,
      spent: true,
      reanchors: 1
    })
  ]
  const block = tierBlock(plainContext({ url: '/', headers: {} }, nowMs), own, tests, {
    mbps: 500,
    passRatio: 0.95,
    obstacle: undefined
  })
  t.equal(block.days.filter(day => day.style === 'met').length, 0)
  t.match(block.notes.map(note => note.text).join(' '), /测试中看到突发额度用尽：此前 3 天的“达到”作废/)
})
