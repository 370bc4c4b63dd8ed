import { addDays, dayStart } from '../../collector/calendar/day.ts'
import type { UplinkRow } from '../../collector/ledger/uplink.ts'
import type { TierTest } from '../../collector/verdicts/uplink/tier-test.ts'
import { period } from './evidence.ts'

/** Time of a night's test on the i-th day of the tests' period. */
export const nightMs = (i: number, minute = 60): number => dayStart(addDays(period.firstDay, i)) + minute * 60_000

/** A certifying pass of the uplink `u-1` at T = 100 in the first night, unless said otherwise. */
export const tierTest = (over: Partial<TierTest> = {}): TierTest => {
  const atMs = over.atMs ?? nightMs(0)
  const result = over.result ?? 'pass'
  const said = {
    pass: { reason: 'above_line', ipMbps: 99, ipLoMbps: 98.5, ipHiMbps: 99.5, evidencePass: 6, evidenceFail: -2 },
    fail: { reason: 'below_line', ipMbps: 61, ipLoMbps: 60.4, ipHiMbps: 61.8, evidencePass: -2, evidenceFail: 6 },
    inconclusive: { reason: 'undecided', ipMbps: 95, ipLoMbps: 92, ipHiMbps: 98, evidencePass: 1, evidenceFail: 0.5 }
  }[result]
  return {
    uplink: 'u-1',
    atMs,
    direction: 'down',
    kind: 'certify',
    slot: 'night',
    lease: `l-${atMs}`,
    vantage: 'gateway',
    result,
    tierMbps: 100,
    passRatio: 0.95,
    goodputMbps: 94,
    cv: 0.01,
    capMbps: undefined,
    creditAskedS: 3,
    flat: true,
    spent: false,
    portLimited: false,
    reanchors: 0,
    bytes: 17_000_000,
    durationMs: 1_400,
    server: 'collector',
    egress: '198.51.100.7',
    ...said,
    ...over
  }
}

export const pass = (night: number, over: Partial<TierTest> = {}): TierTest =>
  tierTest({ atMs: nightMs(night), ...over })
export const fail = (night: number, over: Partial<TierTest> = {}): TierTest =>
  tierTest({ atMs: nightMs(night), result: 'fail', ...over })
export const undecided = (night: number, over: Partial<TierTest> = {}): TierTest =>
  tierTest({ atMs: nightMs(night), result: 'inconclusive', flat: false, ...over })

export const uplinkRow = (id = 'u-1', over: Partial<UplinkRow> = {}): UplinkRow => ({
  id,
  school: 's-1',
  device: 'gw-1',
  interfaceName: undefined,
  contractDownMbps: undefined,
  contractUpMbps: undefined,
  isp: undefined,
  sharedGroup: undefined,
  server: undefined,
  ...over
})
