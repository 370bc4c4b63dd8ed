import { addDays, dayOf } from '../calendar/day.ts'
import { inPeriodOrNext } from './days.ts'
import type { DayRollup } from './rollup.ts'
import { declared, neededDays, type Finding, type Rule, type SchoolEvidence } from './verdict.ts'

/**
 * 宽带网络接入: the school reaches the internet.
 * met: on enough days, enough different off-site subjects answered; only what the agent *measured* to be off-site counts.
 * missed: a declared fact says there is no line, or on enough days reports arrived live over another line while every
 * off-site subject failed. Silence is never a miss: an agent that cannot report looks the same as a power cut.
 */
export const broadbandAccess: Rule = {
  version: 'broadband-access/2',
  probes: ['portal'],
  reads: [],
  parameters: {
    days: { unit: 'days', least: 1, most: 31, whole: true, byDefault: 3 },
    subjects: { unit: 'subjects', least: 1, most: 10, whole: true, byDefault: 2 }
  },
  judge: (evidence, parameters) => {
    const wantDays = parameters['days'] ?? 3
    const wantSubjects = parameters['subjects'] ?? 2
    const days = dayEvidence(evidence, wantSubjects)
    const good = days.filter(day => day.good).map(day => day.day)
    // On other days the school may have switched everything but the other line off.
    const bad = days.filter(day => day.bad && evidence.schoolDays.includes(day.day)).map(day => day.day)
    const need = neededDays(evidence.schoolDays.length)
    const none = declared(evidence, 'access')
    const base = {
      facts: { want_days: wantDays, want_subjects: wantSubjects, have_days: good.length },
      excluded: excludedOf(days)
    }

    if (none?.value === 'none') {
      const source = { source: none.source, as_of: none.asOf, by: none.by }
      if (good.length > 0)
        return {
          ...base,
          verdict: 'unknown',
          reason: 'declaration_contradicted',
          n: good.length,
          expectedN: wantDays,
          facts: { ...base.facts, ...source },
          evidence: good
        }
      return {
        ...base,
        verdict: 'missed',
        reason: 'declared_no_line',
        n: 1,
        expectedN: 1,
        facts: { ...base.facts, ...source },
        evidence: [`fact access ${none.asOf}`]
      }
    }
    if (good.length >= wantDays)
      return {
        ...base,
        verdict: 'met',
        reason: 'off_site_answers',
        n: good.length,
        expectedN: wantDays,
        evidence: good
      }
    if (bad.length > 0 && bad.length >= need && good.length === 0)
      return {
        ...base,
        verdict: 'missed',
        reason: 'off_site_fails',
        n: bad.length,
        expectedN: need,
        facts: { ...base.facts, bad_days: bad.length },
        evidence: bad
      }
    return {
      ...base,
      ...missing(evidence, days, wantDays - good.length, wantSubjects),
      n: good.length,
      expectedN: wantDays,
      evidence: good
    }
  }
}

interface DayEvidence {
  readonly day: string
  /** Different off-site subjects that answered. */
  readonly answered: number
  readonly good: boolean
  readonly bad: boolean
  readonly self: number
  readonly unavailable: number
}

const dayEvidence = (evidence: SchoolEvidence, wantSubjects: number): DayEvidence[] =>
  [...talliesOf(evidence)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, { answered, failing, reached, self, unavailable }]) => ({
      day,
      answered: answered.size,
      good: answered.size >= wantSubjects,
      bad: answered.size + reached.size === 0 && failing.size >= wantSubjects,
      self,
      unavailable
    }))

interface Tally {
  /** Subjects. */
  readonly answered: Set<string>
  readonly failing: Set<string>
  readonly reached: Set<string>
  /** Readings. */
  self: number
  unavailable: number
}

/** Day → what was seen on it: one walk, because a city has millions of these rows. */
const talliesOf = (evidence: SchoolEvidence): Map<string, Tally> => {
  const checks = new Map(evidence.checks.filter(c => c.probe === 'portal').map(c => [c.id, c]))
  const otherPath = new Set(evidence.devices.filter(d => d.uploadPath === 'other').map(d => d.id))
  const tallies = new Map<string, Tally>()
  for (const row of evidence.rollups) {
    const check = checks.get(row.checkId)
    if (check === undefined || row.day < evidence.period.firstDay) continue
    let tally = tallies.get(row.day)
    if (tally === undefined) {
      tally = { answered: new Set(), failing: new Set(), reached: new Set(), self: 0, unavailable: 0 }
      tallies.set(row.day, tally)
    }
    const answers = row.counts.ok + row.counts.degraded
    if (answers > 0 && row.place === 'off_site') tally.answered.add(check.subject)
    else if (row.place !== '') tally.self += answers
    if (check.place === 'off_site') {
      if (row.liveFailed > 0 && otherPath.has(check.device)) tally.failing.add(check.subject)
      if (failedFurtherOn(row)) tally.reached.add(check.subject)
    }
    tally.unavailable += row.counts.unavailable
  }
  return tallies
}

/** Failures that a missing line explains. A refusal, an error page, a bad certificate or a name that does not exist came from somewhere. */
const unreached = ['dns_servfail', 'dns_timeout', 'tcp_timeout', 'tcp_unreachable']

const failedFurtherOn = ({ counts, reasons }: DayRollup): boolean =>
  counts.failed > 0 && counts.failed > unreached.reduce((n, reason) => n + (reasons[reason] ?? 0), 0)

const excludedOf = (days: readonly DayEvidence[]): Record<string, number> => {
  const excluded = {
    not_off_site: days.reduce((n, day) => n + day.self, 0),
    unavailable: days.reduce((n, day) => n + day.unavailable, 0)
  }
  return Object.fromEntries(Object.entries(excluded).filter(([, n]) => n > 0))
}

/** Which of the reasons for `unknown` it is, and the first day on which it can end. */
const missing = (
  evidence: SchoolEvidence,
  days: readonly DayEvidence[],
  lacking: number,
  wantSubjects: number
): Pick<Finding, 'verdict' | 'reason' | 'facts'> => {
  const subjects = new Set(
    evidence.checks.filter(c => c.probe === 'portal' && c.place === 'off_site').map(c => c.subject)
  )
  const today = dayOf(evidence.asOfMs)
  const todayCounts = days.some(day => day.day === today && day.good)
  const earliest = inPeriodOrNext(evidence.period, addDays(today, todayCounts ? lacking : lacking - 1))
  const facts = {
    want_days: days.filter(d => d.good).length + lacking,
    want_subjects: wantSubjects,
    have_days: days.filter(d => d.good).length,
    have_subjects: subjects.size,
    earliest_day: earliest
  }
  if (subjects.size < wantSubjects) return { verdict: 'unknown', reason: 'no_off_site_check', facts }
  if (days.length === 0) return { verdict: 'unknown', reason: 'no_readings', facts }
  if (earliest > evidence.period.lastDay) return { verdict: 'unknown', reason: 'period_too_short', facts }
  if (days.every(day => day.answered === 0)) return { verdict: 'unknown', reason: 'no_off_site_answer', facts }
  return { verdict: 'unknown', reason: 'too_few_days', facts }
}
