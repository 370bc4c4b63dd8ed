import type { RuleCheck, RuleTerms, SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { met, missed, unknown, type Answer, type Parameters } from '../answer.ts'
import {
  allDays,
  answers,
  daysSoFar,
  declaredValue,
  isSeen,
  needOf,
  rowsOf,
  rowsSoFar,
  schoolDaysSoFar,
  tooFew
} from '../looking.ts'

export const declaredFact = (e: SchoolEvidence, _p: Parameters, terms: RuleTerms): Answer => {
  const value = declaredValue(e, terms.fact ?? '')
  if (value === undefined) return unknown('not_declared')
  if (value === 'present' || value === 'yes') return met('declared_present')
  if (value === 'none' || value === 'no') return missed('declared_none')
  return unknown('bad_declaration')
}

/** 师机比 1:1, 生机比 5:1. */
export const deviceRatio = (e: SchoolEvidence, p: Parameters): Answer => {
  const ratios = [
    {
      people: e.school.teachers,
      computers: declaredValue(e, 'teacher-computers'),
      each: p['teachers_per_computer'] ?? 1
    },
    { people: e.school.pupils, computers: declaredValue(e, 'pupil-computers'), each: p['pupils_per_computer'] ?? 5 }
  ]
  const causes: string[] = []
  let fails = false
  for (const { people, computers, each } of ratios) {
    if (people === undefined) causes.push('ledger_incomplete')
    if (computers === undefined) causes.push('not_declared')
    else if (!/^\d+$/.test(computers)) causes.push('bad_declaration')
    else if (people !== undefined && people > each * Number(computers)) fails = true
  }
  if (fails) return missed('ratio_fails')
  return causes.length === 0 ? met('ratios_hold') : unknown(...causes)
}

/** Present and reachable (校园广播, 安防监控). */
export const reachable = (e: SchoolEvidence, p: Parameters, terms: RuleTerms): Answer => {
  const value = declaredValue(e, terms.fact ?? '')
  const named = declaredValue(e, `${terms.fact ?? ''}-host`)
  const host = named ?? (value === 'none' || value === 'present' ? undefined : value)
  const looksAt = (c: RuleCheck): boolean => (c.probe === 'ping' || c.probe === 'portal') && c.subject === host
  const answering = daysSoFar(e).filter(day => rowsOf(e, day, looksAt).some(answers))
  if (value === undefined) return unknown('not_declared')
  if (value === 'none') return answering.length > 0 ? unknown('declaration_contradicted') : missed('declared_none')
  const days = p['days'] ?? 3
  if (answering.length >= days) return met('answers')
  const failing = schoolDaysSoFar(e).filter(day => rowsOf(e, day, looksAt).some(row => row.liveFailed > 0))
  if (answering.length === 0 && failing.length >= needOf(e)) return missed('fails')
  if (!e.checks.some(looksAt)) return unknown('no_check')
  if (!rowsSoFar(e, looksAt).some(isSeen)) return unknown('no_readings')
  return unknown(tooFew(e, answering, days, allDays(e)))
}

/** Every named site is watched, whatever was seen. */
export const keySites = (e: SchoolEvidence, _p: Parameters, terms: RuleTerms): Answer => {
  const causes: string[] = []
  for (const subject of terms.subjects ?? []) {
    const looksAt = (c: RuleCheck): boolean => (c.probe === 'ping' || c.probe === 'portal') && c.subject === subject
    const days = daysSoFar(e).filter(day => rowsOf(e, day, looksAt).some(isSeen))
    if (days.length >= needOf(e)) continue
    causes.push(e.checks.some(looksAt) ? tooFew(e, days, needOf(e), allDays(e)) : 'no_check')
  }
  return causes.length === 0 ? met('monitored') : unknown(...causes)
}

export const monthlyReport = (e: SchoolEvidence): Answer => {
  let newest: { asOf: string; value: string } | undefined
  for (const fact of e.facts) {
    const inPeriod = fact.asOf >= e.period.firstDay && fact.asOf <= e.period.lastDay
    if (fact.key === 'monthly-report' && inPeriod && (newest === undefined || newest.asOf < fact.asOf)) newest = fact
  }
  if (newest?.value === 'submitted') return met('submitted')
  return newest?.value === 'late' ? missed('late') : unknown('not_declared', 'bad_declaration')
}
