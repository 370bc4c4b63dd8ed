import type { Uplink } from '../../../collector/ledger/uplink.ts'
import type { TierTest } from '../../../collector/verdicts/uplink/tier-test.ts'
import { addDays, dayStart } from '../../../collector/calendar/day.ts'
import { hostileName } from './hostile-name.ts'

/** Uplinks of the city and their tests: every result, kind, slot and vantage occurs. */
export const uplinks: Uplink[] = [
  // Falls short of 1000 and passes 500.
  {
    id: 's-1-u1',
    school: 's-1',
    device: 's-1-gw',
    interface: 'eth0',
    contract_down_mbps: 1000,
    contract_up_mbps: 200,
    isp: '电信'
  },
  // Passes every night, and uploads are looked at.
  { id: 's-2-u1', school: 's-2', device: 's-2-gw', contract_down_mbps: 500, isp: '移动' },
  // Its device is silent: never tested.
  { id: 's-3-u1', school: 's-3', device: 's-3-gw', contract_down_mbps: 100 },
  { id: 's-5-u1', school: 's-5', device: 's-5-gw', contract_down_mbps: 1000, isp: hostileName.slice(0, 200) }
]
/** A second uplink of the first school, seen from a panel, and one that nothing asks to be tested. */
export const moreUplinks: Uplink[] = [
  ...uplinks,
  { id: 's-1-u2', school: 's-1', device: 's-1-p1', contract_down_mbps: 100, isp: '联通', shared_group: 'town-line' },
  { id: 's-2-u2', school: 's-2', device: 's-2-gw', interface: 'wan2' }
]

const today = '2026-11-12'

/** `ago` days before today, at a time of day. */
export const tierTest = (uplink: string, ago: number, time: string, more: Partial<TierTest> = {}): TierTest => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return {
    uplink,
    atMs: dayStart(addDays(today, -ago)) + (hours * 60 + minutes) * 60_000,
    direction: 'down',
    kind: 'quick',
    slot: 'night',
    lease: `l-${uplink}-${ago}-${time}`,
    vantage: 'gateway',
    result: 'pass',
    reason: 'above_line',
    tierMbps: 500,
    passRatio: 0.95,
    ipMbps: 517,
    ipLoMbps: 513,
    ipHiMbps: 521,
    goodputMbps: 499,
    evidencePass: 9,
    evidenceFail: -9,
    cv: 0.01,
    capMbps: 550,
    creditAskedS: 0,
    flat: false,
    spent: false,
    portLimited: false,
    reanchors: 0,
    bytes: 61_000_000,
    durationMs: 980,
    server: 'collector',
    egress: '203.0.113.7',
    ...more
  }
}

const certified: Partial<TierTest> = { kind: 'certify', capMbps: 1000, creditAskedS: 3, flat: true, bytes: 140_000_000 }
const slow: Partial<TierTest> = {
  result: 'fail',
  reason: 'below_line',
  tierMbps: 1000,
  ipMbps: 611,
  ipLoMbps: 604,
  ipHiMbps: 618,
  goodputMbps: 590,
  evidencePass: -12,
  evidenceFail: 12,
  capMbps: 1100,
  bytes: 210_000_000,
  durationMs: 2410
}
const undecided = (reason: string, more: Partial<TierTest> = {}): Partial<TierTest> => ({
  ...slow,
  result: 'inconclusive',
  reason,
  ipMbps: 702,
  ipLoMbps: 640,
  ipHiMbps: 764,
  ...more
})
const unseen = { ipMbps: undefined, ipLoMbps: undefined, ipHiMbps: undefined, goodputMbps: undefined, bytes: 0 }
const free: Partial<TierTest> = {
  ...unseen,
  slot: 'none',
  lease: '',
  cv: undefined,
  durationMs: 0,
  server: '',
  egress: ''
}

const days = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, i) => from - i)

/** 1000 is missed at 604 to 618; from the 3rd of November on. 500 passes on other days. */
const falling: TierTest[] = [
  tierTest('s-1-u1', 29, '00:42', {
    ...certified,
    tierMbps: 1000,
    ipMbps: 968,
    ipLoMbps: 961,
    ipHiMbps: 975,
    goodputMbps: 934,
    portLimited: true,
    flat: false
  }),
  ...days(28, 12).map(ago =>
    tierTest('s-1-u1', ago, '00:42', {
      tierMbps: 1000,
      ipMbps: 975,
      ipLoMbps: 969,
      ipHiMbps: 981,
      goodputMbps: 941,
      bytes: 58_000_000
    })
  ),
  ...days(9, 6).flatMap(ago => [
    tierTest('s-1-u1', ago, '00:42', slow),
    tierTest('s-1-u1', ago, '12:21', { ...slow, slot: 'fallback', ipMbps: 598.4, ipLoMbps: 588, ipHiMbps: 609 })
  ]),
  tierTest('s-1-u1', 8, '00:55', { egress: '203.0.113.99' }),
  tierTest('s-1-u1', 5, '00:42', undecided('host')),
  tierTest('s-1-u1', 5, '12:25', {
    ...undecided('undecided', { ipMbps: 949.7, ipLoMbps: 941, ipHiMbps: 958 }),
    slot: 'fallback'
  }),
  tierTest('s-1-u1', 4, '00:42', undecided('server_unreachable', unseen)),
  tierTest('s-1-u1', 3, '00:42', slow),
  tierTest('s-1-u1', 3, '14:10', { ...slow, slot: 'on_demand', capMbps: 1100, durationMs: 3000 }),
  tierTest('s-1-u1', 2, '00:42'),
  tierTest('s-1-u1', 1, '00:44', slow)
]

const steady: TierTest[] = [
  tierTest('s-2-u1', 20, '01:10', certified),
  ...days(19, 0)
    .filter(ago => ago !== 7)
    .map(ago => tierTest('s-2-u1', ago, '01:10', { ipMbps: 515 + (ago % 5), bytes: 21_000_000 + ago })),
  ...[9, 9, 9, 7].map((ago, i) =>
    tierTest('s-2-u1', ago, `1${i}:30`, { ...free, kind: 'passive', reason: 'counter', ipMbps: 480 + i })
  ),
  tierTest('s-2-u1', 10, '01:12', {
    direction: 'up',
    tierMbps: 100,
    ipMbps: 105,
    ipLoMbps: 103,
    ipHiMbps: 107,
    goodputMbps: 101,
    bytes: 11_000_000
  }),
  tierTest('s-2-u1', 3, '01:12', {
    direction: 'up',
    ...slow,
    tierMbps: 100,
    ipMbps: 48,
    ipLoMbps: 46,
    ipHiMbps: 50,
    goodputMbps: 46
  })
]

const fromPanel: TierTest[] = days(6, 0).map(ago =>
  tierTest('s-1-u2', ago, '02:00', {
    vantage: 'panel',
    ...(ago % 2 === 0
      ? undecided('no_counter', { tierMbps: 100, ipMbps: 61, ipLoMbps: 52, ipHiMbps: 70, goodputMbps: 59 })
      : { tierMbps: 100, ipMbps: 104, ipLoMbps: 102, ipHiMbps: 106, goodputMbps: 100.4 }),
    egress: '198.51.100.20'
  })
)

const hostile: TierTest[] = [
  tierTest('s-5-u1', 4, '02:00', { ...free, kind: 'port', result: 'fail', reason: 'port', tierMbps: 1000 }),
  tierTest('s-5-u1', 1, '02:00', {
    ...slow,
    reason: '<i>why</i>',
    result: 'inconclusive',
    server: '"><script>1</script>',
    egress: '<u>\u202Eegress</u>',
    ipHiMbps: 9e5
  })
]

export const tierTests: readonly TierTest[] = [...falling, ...steady, ...fromPanel, ...hostile]
