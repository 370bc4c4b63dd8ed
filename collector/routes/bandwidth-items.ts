import Type, { type Static } from 'typebox'
import { localTime } from '../calendar/day.ts'
import type { KnownUplink } from '../leases/atlas.ts'
import type { LineOutlook, Outlook } from '../leases/outlook.ts'
import type { TierTest } from '../verdicts/uplink/tier-test.ts'

/** What the routes about bandwidth tests answer. Rates are Mbit/s at the IP layer, bytes are payload. */
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const NullableNumber = Nullable(Type.Number())
const NullableText = Nullable(Type.String())

export const TestItem = Type.Object({
  uplink: Type.String(),
  at: Type.String(),
  direction: Type.String(),
  kind: Type.String(),
  slot: Type.String(),
  lease: Type.String(),
  vantage: Type.String(),
  result: Type.Enum(['pass', 'fail', 'inconclusive']),
  reason: Type.String(),
  tier_mbps: Type.Number(),
  line_mbps: Type.Number(),
  ip_mbps: NullableNumber,
  ip_lo_mbps: NullableNumber,
  ip_hi_mbps: NullableNumber,
  goodput_mbps: NullableNumber,
  cap_mbps: NullableNumber,
  credit_asked_s: Type.Number(),
  flat: Type.Boolean(),
  credit_spent: Type.Boolean(),
  port_limited: Type.Boolean(),
  bytes: Type.Number(),
  duration_ms: Type.Number(),
  server: Type.String(),
  egress: Type.String()
})

export const testItem = (test: TierTest): Static<typeof TestItem> => ({
  uplink: test.uplink,
  at: localTime(test.atMs),
  direction: test.direction,
  kind: test.kind,
  slot: test.slot,
  lease: test.lease,
  vantage: test.vantage,
  result: test.result,
  reason: test.reason,
  tier_mbps: test.tierMbps,
  line_mbps: test.tierMbps * test.passRatio,
  ip_mbps: test.ipMbps ?? null,
  ip_lo_mbps: test.ipLoMbps ?? null,
  ip_hi_mbps: test.ipHiMbps ?? null,
  goodput_mbps: test.goodputMbps ?? null,
  cap_mbps: finite(test.capMbps),
  credit_asked_s: test.creditAskedS,
  flat: test.flat,
  credit_spent: test.spent,
  port_limited: test.portLimited,
  bytes: test.bytes,
  duration_ms: test.durationMs,
  server: test.server,
  egress: test.egress
})

const LineItem = Type.Object({
  direction: Type.String(),
  tier_mbps: Type.Number(),
  /** What the log-odds say now, earlier days' tests in them. A day of a verdict wants a test of its own besides (the page shows days). */
  state: Type.Enum(['ok', 'below', 'unknown']),
  log_odds: Type.Number(),
  certificate: Nullable(
    Type.Object({ kind: Type.String(), day: Type.String(), until_day: Type.String(), port_limited: Type.Boolean() })
  ),
  /** What is left to run today; cap_mbps null: uncapped. */
  next: Nullable(Type.Object({ kind: Type.String(), cap_mbps: NullableNumber })),
  /** Why no test server can run it. */
  obstacle: NullableText,
  /** A month of payload bytes. */
  forecast: Type.Object({ expected_bytes: Type.Number(), worst_bytes: Type.Number() })
})

export const UplinkItem = Type.Object({
  id: Type.String(),
  school: Type.String(),
  device: Type.String(),
  vantage: Type.String(),
  isp: NullableText,
  contract_down_mbps: NullableNumber,
  contract_up_mbps: NullableNumber,
  shared_group: NullableText,
  server: NullableText,
  dark_at_night: Type.Boolean(),
  next_slot: NullableText,
  test_now_until: NullableText,
  budget: Nullable(
    Type.Object({
      day_bytes: Type.Number(),
      day_used_bytes: Type.Number(),
      month_bytes: Type.Number(),
      month_used_bytes: Type.Number(),
      certify_bytes: Type.Number()
    })
  ),
  tiers: Type.Array(LineItem),
  last_test: Nullable(TestItem)
})

export const uplinkItem = (
  { uplink, vantage }: KnownUplink,
  outlook: Outlook,
  wishUntilMs: number | undefined,
  last: TierTest | undefined
): Static<typeof UplinkItem> => ({
  id: uplink.id,
  school: uplink.school,
  device: uplink.device,
  vantage,
  isp: uplink.isp ?? null,
  contract_down_mbps: uplink.contractDownMbps ?? null,
  contract_up_mbps: uplink.contractUpMbps ?? null,
  shared_group: uplink.sharedGroup ?? null,
  server: uplink.server ?? null,
  dark_at_night: outlook.dark,
  next_slot: timeOf(outlook.nextSlotMs),
  test_now_until: timeOf(wishUntilMs),
  budget:
    outlook.budget === undefined
      ? null
      : {
          day_bytes: outlook.budget.dayBytes,
          day_used_bytes: outlook.budget.dayUsedBytes,
          month_bytes: outlook.budget.monthBytes,
          month_used_bytes: outlook.budget.monthUsedBytes,
          certify_bytes: outlook.budget.certifyBytes
        },
  tiers: outlook.lines.map(lineItem),
  last_test: last === undefined ? null : testItem(last)
})

const lineItem = (line: LineOutlook): Static<typeof LineItem> => ({
  direction: line.direction,
  tier_mbps: line.tierMbps,
  state: line.state,
  log_odds: line.logOdds,
  certificate:
    line.certificate === undefined
      ? null
      : {
          kind: line.certificate.kind,
          day: line.certificate.day,
          until_day: line.certificate.untilDay,
          port_limited: line.certificate.portLimited
        },
  next: line.plan === undefined ? null : { kind: line.plan.kind, cap_mbps: finite(line.plan.capMbps) },
  obstacle: line.obstacle ?? null,
  forecast: { expected_bytes: line.forecast.expectedBytes, worst_bytes: line.forecast.worstBytes }
})

export const ServerItem = Type.Object({
  id: Type.String(),
  host: NullableText,
  port: NullableNumber,
  port_mbps: Type.Number(),
  /** What live leases may sum up to, and what they do. */
  usable_mbps: Type.Number(),
  leased_mbps: Type.Number(),
  live_n: Type.Integer(),
  place: Type.Enum(['off_site', 'on_site']),
  /** Tiers that its port is large enough to certify. */
  tiers: Type.Array(Type.Number())
})

/** JSON has no Infinity: an uncapped test has null. */
const finite = (mbps: number | undefined): number | null => (mbps === undefined || !Number.isFinite(mbps) ? null : mbps)

const timeOf = (ms: number | undefined): string | null => (ms === undefined ? null : localTime(ms))
