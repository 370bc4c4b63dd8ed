import { tiers } from '../../contract/bandwidth.ts'
import { periodAt } from '../calendar/period.ts'
import type { UplinkRow } from '../ledger/uplink.ts'
import { exitFlags } from './uplink/exits.ts'
import { uplinkMonth, type UplinkMonth } from './uplink/month.ts'
import { contractTier } from './uplink/tiers.ts'
import type { TierTest } from './uplink/tier-test.ts'
import type { Finding, Rule, SchoolEvidence } from './verdict.ts'

/**
 * 出口带宽: the school's uplink carries at least `tier_mbps`, downstream. Each uplink is judged by its days (verdicts/uplink/month.ts).
 * met: one uplink carries the tier, or several whose contracts add up to it each carry their own. missed: every uplink is below, and no sum of
 * contracts is open. A panel never decides an uplink, silence is unknown, and so is a school without an uplink in the ledger.
 */
export const uplinkTier: Rule = {
  version: 'uplink-tier/2',
  probes: [],
  parameters: {
    tier_mbps: { unit: 'Mbit/s', least: 10, most: 1000, whole: true, oneOf: tiers, required: true, byDefault: 100 }
  },
  judge: (evidence, parameters) => {
    const tierMbps = parameters['tier_mbps'] ?? 100
    const lines = evidence.uplinks.map(uplink => lineOf(evidence, uplink, tierMbps))
    const best = lines.toSorted(byPromise)[0]
    if (best === undefined)
      return { ...nothing, verdict: 'unknown', reason: 'no_uplink', facts: { tier_mbps: tierMbps } }
    const sum = contractSum(lines, tierMbps)
    const base = (line: Line): Omit<Finding, 'verdict' | 'reason'> => ({
      n: line.month.okDays,
      expectedN: line.month.needDays,
      facts: { ...factsOf(evidence, line, tierMbps), uplinks_n: lines.length, contract_sum_mbps: sum.promised },
      excluded: excludedOf(evidence, line.month),
      evidence: line.month.days.flatMap(day =>
        day.state === 'unknown' ? [] : [`uplink ${line.uplink.id} ${day.state} ${day.day}`]
      )
    })
    if (best.month.verdict === 'met') return { ...base(best), verdict: 'met', reason: metReason(best.month) }
    if (sum.proven >= tierMbps)
      return {
        ...base(best),
        verdict: 'met',
        reason: sum.provisional ? 'contracts_provisional' : 'contracts_carried',
        evidence: lines.flatMap(line => provenDays(line))
      }
    if (lines.some(line => line.month.verdict !== 'missed'))
      return { ...base(best), verdict: 'unknown', reason: best.month.reason }
    if (sum.open !== undefined) return { ...base(best), verdict: 'unknown', reason: sum.open }
    const reason = isOwnPort(best.month) ? 'below_port' : 'below'
    return { ...base(best), verdict: 'missed', reason, n: best.month.belowDays, expectedN: 3 }
  }
}

const nothing = { n: 0, expectedN: 0, excluded: {}, evidence: [] }

interface Line {
  readonly uplink: UplinkRow
  readonly vantage: TierTest['vantage']
  /** For the tier that is asked for. */
  readonly month: UplinkMonth
  /** For the tier of its own contract, where several uplinks may add up. */
  readonly own: { readonly tierMbps: number; readonly month: UplinkMonth } | undefined
}

const lineOf = (evidence: SchoolEvidence, uplink: UplinkRow, tierMbps: number): Line => {
  const device = evidence.devices.find(one => one.id === uplink.device)
  const vantage = device?.kind === 'gateway' ? 'gateway' : 'panel'
  const monthAt = (mbps: number): UplinkMonth =>
    uplinkMonth(uplink, vantage, evidence.tierTests, mbps, evidence.period, evidence.asOfMs)
  const month = monthAt(tierMbps)
  const own = evidence.uplinks.length < 2 ? undefined : contractTier(uplink)
  return {
    uplink,
    vantage,
    month,
    own: own === undefined ? undefined : { tierMbps: own, month: own === tierMbps ? month : monthAt(own) }
  }
}

/** The uplink that speaks for the school: met before unknown before missed, the firmest first. */
const byPromise = (a: Line, b: Line): number =>
  promise(b.month) - promise(a.month) || (a.uplink.id < b.uplink.id ? -1 : 1)
const promise = ({ verdict, provisional, portLimited, okDays, tests }: UplinkMonth): number =>
  ({ met: 2_000_000, unknown: 1_000_000, missed: 0 })[verdict] +
  (provisional || portLimited ? 0 : 500_000) +
  okDays * 1_000 +
  Math.min(999, tests.length)

const metReason = ({ portLimited, provisional }: UplinkMonth): string => {
  if (portLimited) return 'carried_port_limited'
  return provisional ? 'carried_provisional' : 'carried'
}

/** Nothing but the school's own port was ever too slow: no operator is to be blamed, and no rate was measured. */
const isOwnPort = ({ tests }: UplinkMonth): boolean =>
  tests.every(test => test.kind === 'port' || test.result !== 'fail' || test.vantage === 'panel')

interface ContractSum {
  /** Mbit/s of tiers that uplinks of different lines have shown to carry by their own contracts. */
  readonly proven: number
  readonly provisional: boolean
  /** What the contracts that are not missed add up to. */
  readonly promised: number
  /** Why the sum may still reach the tier; undefined when it cannot. */
  readonly open: 'contract_unknown' | 'contract_not_provable' | 'contracts_open' | undefined
}

const contractSum = (lines: readonly Line[], tierMbps: number): ContractSum => {
  const none = { proven: 0, provisional: false, promised: 0, open: undefined }
  if (lines.length < 2) return none
  const proven = lines.filter(line => line.own?.month.verdict === 'met')
  const alive = lines.filter(line => line.own?.month.verdict !== 'missed')
  const promised = sumOf(alive, line => line.uplink.contractDownMbps ?? 0)
  const provable = sumOf(alive, line => line.own?.tierMbps ?? 0)
  return {
    proven: sumOf(proven, line => line.own?.tierMbps ?? 0),
    provisional: proven.some(line => line.own?.month.provisional === true),
    promised,
    open: lines.some(line => line.uplink.contractDownMbps === undefined)
      ? 'contract_unknown'
      : promised < tierMbps
        ? undefined
        : provable < tierMbps
          ? 'contract_not_provable'
          : 'contracts_open'
  }
}

/** Uplinks of one shared group are one line: only the largest of them counts. */
const sumOf = (lines: readonly Line[], mbpsOf: (line: Line) => number): number =>
  [
    ...Map.groupBy(lines, ({ uplink }) =>
      uplink.sharedGroup === undefined ? `uplink ${uplink.id}` : `group ${uplink.sharedGroup}`
    ).values()
  ]
    .map(group => Math.max(...group.map(mbpsOf)))
    .reduce((sum, mbps) => sum + mbps, 0)

const provenDays = ({ uplink, own }: Line): string[] =>
  (own?.month.days ?? []).flatMap(day => (day.state === 'ok' ? [`uplink ${uplink.id} ok ${day.day}`] : []))

const factsOf = (
  evidence: SchoolEvidence,
  { uplink, month }: Line,
  tierMbps: number
): Record<string, number | string> => {
  const last = month.tests.findLast(test => test.ipMbps !== undefined && test.result !== 'inconclusive')
  const known = (name: string, value: number | undefined) => (value === undefined ? {} : { [name]: tenth(value) })
  return {
    uplink: uplink.id,
    tier_mbps: tierMbps,
    line_mbps: tenth((last?.passRatio ?? 0.95) * tierMbps),
    tests_n: month.tests.length,
    ok_days: month.okDays,
    below_days: month.belowDays,
    unknown_days: month.unknownDays,
    need_days: month.needDays,
    earliest_day: month.earliestDay ?? periodAt(evidence.period.toMs).name,
    provisional: month.provisional ? 1 : 0,
    port_limited: month.portLimited ? 1 : 0,
    ...known('ip_mbps', last?.ipMbps),
    ...known('ip_lo_mbps', last?.ipLoMbps),
    ...known('ip_hi_mbps', last?.ipHiMbps),
    /** The last decided test in words that need no language. */
    seen: seenText(last),
    server: last?.server ?? '',
    egress: last?.egress ?? '',
    bytes: month.tests.reduce((sum, test) => sum + test.bytes, 0),
    ...exitFlags(evidence, uplink.id)
  }
}

const seenText = (test: TierTest | undefined): string => {
  if (test?.ipMbps === undefined) return '–'
  if (test.ipLoMbps === undefined || test.ipHiMbps === undefined) return `${tenth(test.ipMbps)} Mbit/s`
  return `${tenth(test.ipMbps)} (${tenth(test.ipLoMbps)}–${tenth(test.ipHiMbps)}) Mbit/s`
}

const tenth = (value: number): number => Math.round(value * 10) / 10

const excludedOf = (evidence: SchoolEvidence, { tests, days }: UplinkMonth): Record<string, number> => {
  const { fromMs } = evidence.period
  const counts = {
    undecided: tests.filter(test => test.result === 'inconclusive' && test.vantage === 'gateway').length,
    panel: evidence.tierTests.filter(
      test => test.vantage === 'panel' && test.atMs >= fromMs && test.atMs <= evidence.asOfMs
    ).length,
    voided: days.filter(day => day.voided).length
  }
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0))
}
