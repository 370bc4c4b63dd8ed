import type { DeviceRow } from '../../../collector/ledger/ledger.ts'
import type { RuleCheck, RuleTerms, SchoolEvidence } from '../../../collector/verdicts/verdict.ts'
import { met, missed, unknown, type Answer, type Parameters } from '../answer.ts'
import {
  answers,
  answersInHours,
  declaredValue,
  isSeen,
  needOf,
  rowsOf,
  rowsSoFar,
  schoolDaysSoFar
} from '../looking.ts'

const panelsOf = (e: SchoolEvidence): DeviceRow[] => e.devices.filter(d => d.kind === 'panel')

const activeDays = (e: SchoolEvidence, panel: DeviceRow): string[] =>
  schoolDaysSoFar(e).filter(day =>
    rowsOf(e, day, c => c.probe === 'host' && c.device === panel.id).some(answersInHours)
  )

/** 班班通: every room has a panel that runs. */
export const panelCoverage = (e: SchoolEvidence, p: Parameters): Answer => {
  const rooms = e.rooms.filter(room => p['classrooms_only'] !== 1 || room.kind === 'classroom')
  if (rooms.length === 0) return unknown('ledger_incomplete')
  const inRoom = (room: string): DeviceRow[] => panelsOf(e).filter(panel => panel.room === room)
  const runs = (room: string): boolean => inRoom(room).some(panel => activeDays(e, panel).length >= (p['days'] ?? 3))
  const running = rooms.filter(room => runs(room.id))
  const enough = (n: number): boolean => 100 * n >= (p['share_pct'] ?? 100) * rooms.length
  if (enough(running.length)) return met('rooms_run')
  const text = declaredValue(e, 'rooms-without-panel') ?? ''
  const declared = /^\d+$/.test(text) ? Number(text) : 0
  if (declared > 0 && !enough(rooms.length - declared))
    return running.length <= rooms.length - declared ? missed('declared_without') : unknown('declaration_contradicted')
  const without = rooms.filter(room => inRoom(room.id).length === 0).length
  const silent = rooms.length - running.length - without
  return unknown(...(without >= silent ? ['no_panel'] : []), ...(silent >= without ? ['silent'] : []))
}

/** 设备活跃度: never missed by silence. */
export const deviceActivity = (e: SchoolEvidence, p: Parameters): Answer => {
  const panels = panelsOf(e)
  const active = panels.map(panel => activeDays(e, panel))
  const days = schoolDaysSoFar(e).filter(day => active.some(list => list.includes(day)))
  if (declaredValue(e, 'device-activity') === 'none')
    return days.length > 0 ? unknown('declaration_contradicted') : missed('declared_none')
  if (panels.length === 0) return unknown('no_panels')
  if (days.length === 0) return unknown('silent')
  if (days.length < needOf(e)) return unknown('too_few_days', 'period_too_short')
  const sum = active.reduce((n, list) => n + list.length, 0)
  return 100 * sum >= (p['least_pct'] ?? 0) * panels.length * schoolDaysSoFar(e).length
    ? met('reported')
    : unknown('below_least')
}

/** The platform's sites answer from every classroom. */
export const platformReach = (e: SchoolEvidence, p: Parameters, terms: RuleTerms): Answer => {
  const panels = panelsOf(e)
  if (panels.length === 0) return unknown('no_panels')
  const subjects = [...new Set(terms.subjects ?? [])]
  const words = panels.map(panel => subjects.map(subject => subjectWord(e, p, panel, subject)))
  if (words.some(list => list.includes('fail'))) return missed('panels_fail')
  if (words.every(list => list.every(word => word === 'reach'))) return met('panels_reach')
  return unknown(...panels.flatMap(panel => subjects.flatMap(subject => causesOf(e, panel, subject))))
}

/** What a panel and a subject lack; one that fails on days when it answered nobody else is not to blame. */
const causesOf = (e: SchoolEvidence, panel: DeviceRow, subject: string): string[] => {
  const looksAt = (c: RuleCheck): boolean => c.probe === 'portal' && c.device === panel.id && c.subject === subject
  if (!e.checks.some(looksAt)) return ['no_check']
  return rowsSoFar(e, looksAt).some(isSeen) ? ['too_few_days', 'platform_down', 'period_too_short'] : ['silent']
}

const subjectWord = (
  e: SchoolEvidence,
  p: Parameters,
  panel: DeviceRow,
  subject: string
): 'reach' | 'fail' | 'unknown' => {
  const own = (day: string) =>
    rowsOf(e, day, c => c.probe === 'portal' && c.device === panel.id && c.subject === subject)
  const others = (day: string) =>
    rowsOf(e, day, c => c.probe === 'portal' && c.device === panel.id && c.subject !== subject)
  const reached = schoolDaysSoFar(e).filter(day => own(day).some(row => row.place === 'off_site' && answers(row)))
  if (reached.length >= (p['days'] ?? 3)) return 'reach'
  const failed = schoolDaysSoFar(e).filter(
    day =>
      own(day).some(row => row.liveFailed > 0) &&
      !own(day).some(answers) &&
      others(day).some(row => row.place === 'off_site' && answers(row)) &&
      (e.answered[subject] ?? []).includes(day)
  )
  return failed.length >= needOf(e) ? 'fail' : 'unknown'
}
