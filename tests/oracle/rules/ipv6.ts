import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import type { SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { met, missed, unknown, type Answer, type Parameters } from '../answer.ts'
import { isSeen, needOf, rowsOf, rowsSoFar, schoolDaysSoFar, tooFew } from '../looking.ts'

/** IPv6 用户访问: the share of all in-hours samples from where users are, on days with enough of them. */
export const ipv6 = (e: SchoolEvidence, p: Parameters): Answer => {
  const least = p['samples'] ?? 20
  const pct = p['ratio_pct'] ?? 80
  const isUser = (row: DayRollup): boolean => {
    const own = row.last.labels['vantage']
    if (own !== undefined) return own === 'user'
    // A rollup that ends with a reading that could not be measured names no vantage: it has that of the check's other rows.
    const named = e.rollups.flatMap(r => (r.checkId === row.checkId ? [r.last.labels['vantage'] ?? ''] : []))
    return named.includes('user') && named.every(vantage => vantage === 'user' || vantage === '')
  }
  const samples = (day: string): { good: number; all: number } => {
    let [good, all] = [0, 0]
    for (const row of rowsOf(e, day, c => c.probe === 'ipv6')) {
      if (!isUser(row)) continue
      good += row.inHours.ok + row.inHours.degraded
      all += row.inHours.ok + row.inHours.degraded + row.inHours.failed
    }
    return { good, all }
  }
  const counting = schoolDaysSoFar(e).filter(day => samples(day).all > 0 && samples(day).all >= least)
  if (counting.length >= needOf(e)) {
    let [good, all] = [0, 0]
    for (const day of counting) {
      good += samples(day).good
      all += samples(day).all
    }
    return 100 * good >= pct * all ? met('users_reach') : missed('users_fail')
  }
  if (!e.checks.some(c => c.probe === 'ipv6')) return unknown('no_check')
  const seen = rowsSoFar(e, c => c.probe === 'ipv6').filter(isSeen)
  if (seen.length === 0) return unknown('no_readings')
  if (!seen.some(isUser)) return unknown('wan_only')
  return unknown(tooFew(e, counting, needOf(e), e.schoolDays))
}
