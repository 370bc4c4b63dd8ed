import type { SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { met, missed, unknown, type Answer, type Parameters } from '../answer.ts'
import { allDays, answers, daysSoFar, declaredValue, needOf, rowsOf, rowsSoFar, tooFew } from '../looking.ts'

const nothingCameBack = ['dns_servfail', 'dns_timeout', 'tcp_timeout', 'tcp_unreachable']

/** 宽带网络接入: at least `days` days with at least `subjects` off-site subjects ok. */
export const access = (e: SchoolEvidence, p: Parameters): Answer => {
  const wantSubjects = p['subjects'] ?? 2
  const wantDays = p['days'] ?? 3
  const checksOffSite = e.checks.filter(check => check.probe === 'portal' && check.place === 'off_site')
  const subjects = [...new Set(checksOffSite.map(check => check.subject))]
  const portalSubjects = [...new Set(e.checks.filter(c => c.probe === 'portal').map(c => c.subject))]

  const answering = (day: string): string[] =>
    portalSubjects.filter(subject =>
      rowsOf(e, day, c => c.probe === 'portal' && c.subject === subject).some(r => r.place === 'off_site' && answers(r))
    )
  const good = daysSoFar(e).filter(day => answering(day).length >= wantSubjects)
  const bad = daysSoFar(e).filter(day => {
    if (!e.schoolDays.includes(day) || answering(day).length > 0) return false
    const offSiteRows = rowsOf(e, day, c => c.probe === 'portal' && c.place === 'off_site')
    // A failure that came back from somewhere is a line.
    for (const row of offSiteRows) {
      let lost = 0
      for (const reason of nothingCameBack) lost += row.reasons[reason] ?? 0
      if (row.counts.failed > lost) return false
    }
    const failing = subjects.filter(subject =>
      rowsOf(
        e,
        day,
        c =>
          c.probe === 'portal' &&
          c.place === 'off_site' &&
          c.subject === subject &&
          e.devices.some(d => d.id === c.device && d.uploadPath === 'other')
      ).some(row => row.liveFailed > 0)
    )
    return failing.length >= wantSubjects
  })

  if (declaredValue(e, 'access') === 'none')
    return good.length > 0 ? unknown('declaration_contradicted') : missed('declared_no_line')
  if (good.length >= wantDays) return met('off_site_answers')
  if (good.length === 0 && bad.length >= needOf(e)) return missed('off_site_fails')
  if (subjects.length < wantSubjects) return unknown('no_off_site_check')
  if (rowsSoFar(e, c => c.probe === 'portal').length === 0) return unknown('no_readings')
  const short = tooFew(e, good, wantDays, allDays(e))
  if (short === 'period_too_short') return unknown(short)
  return unknown(daysSoFar(e).every(day => answering(day).length === 0) ? 'no_off_site_answer' : short)
}
