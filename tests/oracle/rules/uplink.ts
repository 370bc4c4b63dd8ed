import type { UplinkRow } from '../../../collector/ledger/uplink.ts'
import type { SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import type { TierTest } from '../../../collector/verdicts/uplink/tier-test.ts'
import { met, missed, unknown, type Answer, type Parameters } from '../answer.ts'
import { allDays, dayAt, daysSoFar, nextDay, numberOf } from '../looking.ts'

/**
 * 出口带宽 by the words of bandwidth.md ("History", "Period"), for tests of one slot class (nights), asked for at 0.95 of their tier, at most one
 * of a kind a day, in which no burst credit is ever seen to run out. Everything else that the history knows (fallback windows, presets,
 * voided days) has tests of its own in tests/collector/uplink.
 */
export const uplink = (e: SchoolEvidence, p: Parameters): Answer => {
  const tier = p['tier_mbps'] ?? 100
  if (e.uplinks.length === 0) return unknown('no_uplink')
  const months = e.uplinks.map(row => ({ row, month: monthOf(e, row, tier) }))
  if (months.some(({ month }) => month.verdict === 'met'))
    return met(...months.filter(({ month }) => month.verdict === 'met').map(({ month }) => month.reason))
  const sum = contracts(e, tier)
  if (sum.carried >= tier) return met('contracts_carried', 'contracts_provisional')
  const open = months.filter(({ month }) => month.verdict === 'unknown')
  if (open.length > 0) return unknown(...open.map(({ month }) => month.reason))
  if (sum.open !== undefined) return unknown(sum.open)
  const ownPort = months.map(({ row }) =>
    testsOf(e, row).filter(test => saysAbout(test, tier) === 'below' && within(e, test))
  )
  return missed(...ownPort.map(fails => (fails.every(test => test.kind === 'port') ? 'below_port' : 'below')))
}

const within = (e: SchoolEvidence, test: TierTest): boolean =>
  test.atMs >= e.period.fromMs && test.atMs < e.period.toMs && test.atMs <= e.asOfMs

interface Month {
  readonly verdict: 'met' | 'missed' | 'unknown'
  readonly reason: string
}

interface Day {
  readonly day: string
  readonly word: 'ok' | 'below' | 'unknown'
  readonly passed: boolean
  readonly failed: boolean
}

const ln100 = Math.log(100)

/** What a test says about the line 0.95·tier, or nothing. */
const saysAbout = (test: TierTest, tier: number): 'above' | 'below' | 'near' | 'silent' | undefined => {
  if (test.vantage !== 'gateway') return undefined
  if (test.result === 'pass') return test.tierMbps >= tier ? 'above' : undefined
  if (test.result === 'fail') return test.tierMbps <= tier ? 'below' : undefined
  if (test.tierMbps !== tier) return undefined
  return test.reason === 'undecided' ? 'near' : 'silent'
}

const testsOf = (e: SchoolEvidence, row: UplinkRow): TierTest[] =>
  e.tierTests
    .filter(test => test.uplink === row.id && test.direction === 'down')
    .sort((a, b) => a.atMs - b.atMs || a.tierMbps - b.tierMbps)

const daysOf = (e: SchoolEvidence, row: UplinkRow, tier: number): Day[] => {
  const tests = testsOf(e, row)
  const [first] = tests
  if (first === undefined) return []
  const days: Day[] = []
  let lo: number | undefined
  let certificate: { kind: string; until: number } | undefined
  for (let day = dayAt(first.atMs); day <= e.period.lastDay; day = nextDay(day)) {
    if (lo !== undefined) {
      const was = 1 / (1 + Math.exp(-lo))
      const is = was * (1 - 1 / 200) + (1 - was) / 50
      lo = Math.log(is / (1 - is))
    }
    const words = new Set<string>()
    let [passed, failed] = [false, false]
    for (const test of tests) {
      const says = saysAbout(test, tier)
      if (dayAt(test.atMs) !== day || says === undefined) continue
      if (says === 'silent') {
        // Something faster now stands before a line that limited itself when it was certified.
        if (test.reason === 'credit' && !test.flat && certificate?.kind === 'flat') certificate = undefined
        continue
      }
      const number = numberOf(day)
      const certified =
        test.kind === 'passive' || test.creditAskedS >= 3 || (certificate !== undefined && number < certificate.until)
      const evidence =
        test.kind === 'passive' ? ln100 : test.kind === 'port' ? -ln100 : test.evidencePass - test.evidenceFail
      const whole = Math.max(-ln100, Math.min(ln100, says === 'near' ? evidence / 2 : evidence))
      lo ??= 0
      if (!certified && whole > 0)
        // A capped pass while no certificate stands only informs: hope, nothing published.
        lo = Math.max(lo, Math.min(lo + whole, 2))
      else {
        lo = Math.max(-7, Math.min(7, lo + whole))
        if (says === 'above') words.add('ok')
        if (says === 'below') words.add('below')
      }
      if (says === 'above') passed = true
      if (says === 'below') failed = true
      if (says === 'above' && (test.kind === 'passive' || test.creditAskedS >= 3)) {
        const kind = test.kind === 'passive' ? 'passive' : test.flat && test.tierMbps === tier ? 'flat' : 'fast'
        const until = number + { flat: 30, fast: 10, passive: 7 }[kind]
        if (certificate === undefined || kind !== 'passive' || certificate.until < until) certificate = { kind, until }
      }
    }
    const word = lo === undefined ? 'unknown' : lo >= 3 ? 'ok' : lo <= -3 ? 'below' : 'unknown'
    days.push({ day, word: words.has(word) ? word : 'unknown', passed, failed })
  }
  return days
}

const monthOf = (e: SchoolEvidence, row: UplinkRow, tier: number): Month => {
  const begun = daysSoFar(e)
  const days = daysOf(e, row, tier).filter(day => begun.includes(day.day))
  const okDays = days.filter(day => day.word === 'ok')
  const below = days.filter(day => day.word === 'below').length
  const all = allDays(e)
  const tests = testsOf(e, row)
  const certifying = tests.findLast(
    test =>
      saysAbout(test, tier) === 'above' &&
      (test.kind === 'passive' || (test.creditAskedS >= 3 && test.slot === 'night'))
  )
  if (below >= 3) return { verdict: 'missed', reason: 'below' }
  if (below <= 1 && 10 * okDays.length >= 7 * all.length) {
    const last = okDays.at(-1)?.day ?? ''
    const provisional = certifying === undefined || dayAt(certifying.atMs) < last
    const reason =
      certifying?.portLimited === true ? 'carried_port_limited' : provisional ? 'carried_provisional' : 'carried'
    return { verdict: 'met', reason }
  }
  const device = e.devices.find(one => one.id === row.device)
  if (device?.kind !== 'gateway') return { verdict: 'unknown', reason: 'panel_only' }
  const about = tests.filter(
    test =>
      test.atMs >= e.period.fromMs &&
      test.atMs < e.period.toMs &&
      test.atMs <= e.asOfMs &&
      (test.tierMbps === tier || saysAbout(test, tier) !== undefined)
  )
  if (about.length === 0) return { verdict: 'unknown', reason: 'no_tests' }
  if (below > 1 || days.some(day => day.failed)) return { verdict: 'unknown', reason: 'unsteady' }
  if (!days.some(day => day.passed))
    return {
      verdict: 'unknown',
      reason: about.every(test => test.reason === 'credit') ? 'credit_open' : 'never_decided'
    }
  const today = dayAt(e.asOfMs)
  const left = all.filter(day => day >= today && !okDays.some(ok => ok.day === day)).length
  return {
    verdict: 'unknown',
    reason: 10 * (okDays.length + left) < 7 * all.length ? 'period_too_short' : 'too_few_days'
  }
}

const tiers = [1000, 500, 100, 10]

/** Several uplinks: those of one shared group are one line, and each must carry what its own contract promises. */
const contracts = (e: SchoolEvidence, tier: number): { carried: number; open: string | undefined } => {
  if (e.uplinks.length < 2) return { carried: 0, open: undefined }
  const lines = e.uplinks.map(row => {
    const promised = row.contractDownMbps ?? 0
    const own = tiers.find(one => one <= promised)
    return { row, promised, own, verdict: own === undefined ? 'unknown' : monthOf(e, row, own).verdict }
  })
  const sum = (rows: typeof lines, value: (line: (typeof lines)[number]) => number): number => {
    const best = new Map<string, number>()
    for (const line of rows) {
      const key = line.row.sharedGroup === undefined ? `one ${line.row.id}` : `shared ${line.row.sharedGroup}`
      best.set(key, Math.max(best.get(key) ?? 0, value(line)))
    }
    return [...best.values()].reduce((a, b) => a + b, 0)
  }
  const alive = lines.filter(line => line.verdict !== 'missed')
  const carried = sum(
    lines.filter(line => line.verdict === 'met'),
    line => line.own ?? 0
  )
  if (e.uplinks.some(row => row.contractDownMbps === undefined)) return { carried, open: 'contract_unknown' }
  if (sum(alive, line => line.promised) < tier) return { carried, open: undefined }
  return { carried, open: sum(alive, line => line.own ?? 0) < tier ? 'contract_not_provable' : 'contracts_open' }
}
