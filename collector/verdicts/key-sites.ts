import { earliestDay, hostDays, hostProbes } from './host-days.ts'
import { neededDays, type Finding, type Rule } from './verdict.ts'

/**
 * 重点教育网站实时监测: every site that the target names is monitored from the school. That a site fails is what monitoring is for, so answers and
 * failures count alike; a school is never to blame for what nobody measured, so it is never missed.
 * Source: 榆林市教育信息化2.0行动计划.
 */
export const keySites: Rule = {
  version: 'key-sites/1',
  probes: [...hostProbes],
  reads: [],
  parameters: {},
  needs: ['subjects'],
  judge: (evidence, _, terms) => {
    const sites = [...new Set(terms?.subjects ?? [])].map(host => ({ host, seen: hostDays(evidence, host) }))
    const need = Math.max(1, neededDays(evidence.schoolDays.length))
    const monitored = sites.filter(({ seen }) => seen.measured.length >= need)
    const behind = sites.filter(({ seen }) => seen.measured.length < need)
    const unseen = behind.filter(({ seen }) => seen.checks === 0)
    const least = behind.toSorted((a, b) => a.seen.measured.length - b.seen.measured.length)[0]
    const lastDays = behind.map(({ seen }) => earliestDay(evidence, seen.measured, need)).toSorted()
    const earliest = lastDays.at(-1) ?? evidence.period.lastDay
    const unavailable = sites.reduce((n, { seen }) => n + seen.unavailable, 0)
    const base: Omit<Finding, 'verdict' | 'reason'> = {
      n: monitored.length,
      expectedN: sites.length,
      facts: {
        sites: sites.length,
        monitored: monitored.length,
        names: (unseen.length > 0 ? unseen : behind).map(({ host }) => host).join('、') || '–',
        want_days: need,
        have_days: least?.seen.measured.length ?? need,
        earliest_day: earliest
      },
      excluded: unavailable === 0 ? {} : { unavailable },
      evidence: sites.map(({ host, seen }) => `site ${host} ${seen.measured.length} of ${need} days`)
    }
    if (sites.length > 0 && behind.length === 0) return { ...base, verdict: 'met', reason: 'monitored' }
    if (sites.length === 0 || unseen.length > 0) return { ...base, verdict: 'unknown', reason: 'no_check' }
    const reason = earliest > evidence.period.lastDay ? 'period_too_short' : 'too_few_days'
    return { ...base, verdict: 'unknown', reason }
  }
}
