import { byDeclaration, declarationFacts, notDeclared } from './declaration.ts'
import { earliestDay, hostDays, hostProbes, type HostDays } from './host-days.ts'
import { declared, neededDays, type Finding, type Rule, type SchoolEvidence } from './verdict.ts'

/**
 * 有且可达 (smart broadcast, security video interconnected with the county): the school declares that the system is there, and its host answers.
 * The fact is the target's own; `<fact>-host` (or the fact's value, when that is a host) names what is measured by ping or portal checks of the school.
 * met: it answered on enough days. missed: declared `none`, or it failed live on as many school days as the period needs and never answered.
 * Source: 榆林市教育信息化2.0行动计划, 校园智能广播 and 安防监控互联互通.
 */
export const reachable: Rule = {
  version: 'reachable/1',
  probes: [...hostProbes],
  reads: [],
  parameters: { days: { unit: 'days', least: 1, most: 31, whole: true, byDefault: 3 } },
  needs: ['fact'],
  judge: (evidence, parameters, terms) => {
    const key = terms?.fact ?? ''
    const fact = declared(evidence, key)
    const hostKey = `${key}-host`
    if (fact === undefined) return notDeclared({ fact: key, host_fact: hostKey })
    const named = declared(evidence, hostKey)?.value
    if (fact.value === 'none') {
      const answered = named === undefined ? [] : hostDays(evidence, named).answered
      const base = { fact: key, host: named ?? '–', have_days: answered.length }
      return answered.length === 0
        ? byDeclaration('missed', 'declared_none', fact, base)
        : {
            ...byDeclaration('unknown', 'declaration_contradicted', fact, base),
            evidence: [`fact ${key} ${fact.asOf}`, ...answered]
          }
    }
    const host = named ?? (fact.value === 'present' ? undefined : fact.value)
    const seen = host === undefined ? nowhere : hostDays(evidence, host)
    const wantDays = parameters['days'] ?? 3
    const found = reach(evidence, seen, wantDays)
    return {
      ...found,
      facts: {
        ...declarationFacts(fact),
        fact: key,
        host_fact: hostKey,
        host: host ?? '–',
        want_days: wantDays,
        have_days: seen.answered.length,
        failed_days: seen.failed.length,
        earliest_day: earliestDay(evidence, seen.answered, wantDays)
      },
      excluded: seen.unavailable === 0 ? {} : { unavailable: seen.unavailable },
      evidence: [`fact ${key} ${fact.asOf}`, ...(found.verdict === 'missed' ? seen.failed : seen.answered)]
    }
  }
}

const nowhere: HostDays = { checks: 0, measured: [], answered: [], failed: [], unavailable: 0 }

const reach = (
  evidence: SchoolEvidence,
  seen: HostDays,
  wantDays: number
): Pick<Finding, 'verdict' | 'reason' | 'n' | 'expectedN'> => {
  const n = seen.answered.length
  const need = Math.max(1, neededDays(evidence.schoolDays.length))
  if (n >= wantDays) return { verdict: 'met', reason: 'answers', n, expectedN: wantDays }
  if (n === 0 && seen.failed.length >= need)
    return { verdict: 'missed', reason: 'fails', n: seen.failed.length, expectedN: need }
  return { verdict: 'unknown', reason: missing(evidence, seen, wantDays), n, expectedN: wantDays }
}

const missing = (evidence: SchoolEvidence, seen: HostDays, wantDays: number): string => {
  if (seen.checks === 0) return 'no_check'
  if (seen.measured.length === 0) return 'no_readings'
  return earliestDay(evidence, seen.answered, wantDays) > evidence.period.lastDay ? 'period_too_short' : 'too_few_days'
}
