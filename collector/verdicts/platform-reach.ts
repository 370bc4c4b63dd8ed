import { answeredIn, commonest, daysOfRule, progress, seenIn, withoutZeros, type Days } from './days.ts'
import { panelsOf } from './panel-days.ts'
import type { DayRollup } from './rollup.ts'
import type { Finding, Rule, RuleCheck, SchoolEvidence } from './verdict.ts'

/**
 * 国家智慧教育平台 (鄂教体发〔2023〕19号: classroom panels open the platform's home page, and its sites answer from every classroom). Judged for
 * every panel of the ledger and every site that the target names. A site fails on a panel only where the panel itself proves that it
 * reached something else off the site that day, and the site is known to have answered somewhere: a school is not blamed for a platform
 * that was down, nor for a panel that was off.
 */
export const platformReach: Rule = {
  version: 'platform-reach/1',
  probes: ['portal'],
  reads: [],
  parameters: { days: { unit: 'days', least: 1, most: 31, whole: true, byDefault: 3 } },
  needs: ['subjects'],
  judge: (evidence, parameters, terms) => {
    const wantDays = parameters['days'] ?? 3
    const subjects = [...new Set(terms?.subjects ?? [])].sort()
    const panels = panelsOf(evidence)
    const days = daysOfRule(evidence)
    const portals = portalsOf(evidence, days)
    const pairs = panels.flatMap(panel => {
      const rows = portals.get(panel.id)
      return subjects.map(subject => pairOf(evidence, days, wantDays, panel.id, subject, rows))
    })
    const byPanel = [...Map.groupBy(pairs, pair => pair.panel).values()]
    const reaching = byPanel.filter(list => list.every(pair => pair.state === 'reach')).length
    const failing = byPanel.filter(list => list.some(pair => pair.state === 'fail')).length
    const failed = pairs.filter(pair => pair.state === 'fail')
    const open = pairs.filter(pair => pair.state !== 'reach' && pair.state !== 'fail')
    const reason = commonest(open.map(pair => pair.state))
    const [slowest] = open.filter(pair => pair.state === reason).toSorted((a, b) => a.good.size - b.good.size)
    const base: Omit<Finding, 'verdict' | 'reason'> = {
      n: reaching,
      expectedN: panels.length,
      facts: {
        ...progress(evidence, days, slowest?.good ?? new Set(), wantDays).facts,
        panels: panels.length,
        reaching_panels: reaching,
        failing_panels: failing,
        unknown_panels: panels.length - reaching - failing,
        subjects: subjects.join('、'),
        failing_subjects: [...new Set(failed.map(pair => pair.subject))].join('、'),
        fail_days: failed.reduce((most, pair) => Math.max(most, pair.bad.size), 0),
        need_days: days.need
      },
      excluded: withoutZeros({
        ...Object.fromEntries(
          [...Map.groupBy(open, pair => pair.state)]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([state, list]) => [state, list.length])
        ),
        platform_down_days: pairs.reduce((n, pair) => n + pair.down.size, 0)
      }),
      evidence: pairs.map(pair => `panel ${pair.panel} ${pair.subject} ${pair.state}`)
    }
    if (panels.length === 0) return { ...base, verdict: 'unknown', reason: 'no_panels' }
    if (subjects.length === 0) return { ...base, verdict: 'unknown', reason: 'no_check' }
    if (failing > 0) return { ...base, verdict: 'missed', reason: 'panels_fail' }
    if (reason === undefined) return { ...base, verdict: 'met', reason: 'panels_reach' }
    return { ...base, verdict: 'unknown', reason }
  }
}

type PairState = 'reach' | 'fail' | 'no_check' | 'silent' | 'platform_down' | 'too_few_days' | 'period_too_short'

/** One panel and one site. */
interface Pair {
  readonly panel: string
  readonly subject: string
  readonly state: PairState
  /** School days on which it answered, off the site. */
  readonly good: ReadonlySet<string>
  /** School days on which it certainly failed. */
  readonly bad: ReadonlySet<string>
  /** Days that would be bad, had the site answered anywhere. */
  readonly down: ReadonlySet<string>
}

interface PanelPortals {
  readonly subjects: ReadonlySet<string>
  /** Subject → its rows of school days. */
  readonly rows: ReadonlyMap<string, readonly DayRollup[]>
  /** Days on which any off-site subject answered it. */
  readonly online: ReadonlySet<string>
}

const portalsOf = (evidence: SchoolEvidence, days: Days): Map<string, PanelPortals> => {
  const checks = new Map(evidence.checks.filter(check => check.probe === 'portal').map(check => [check.id, check]))
  const rowsOf = new Map<string, { row: DayRollup; subject: string }[]>()
  for (const row of evidence.rollups) {
    const check = checks.get(row.checkId)
    if (check === undefined || !days.soFar.has(row.day)) continue
    const known = rowsOf.get(check.device)
    if (known === undefined) rowsOf.set(check.device, [{ row, subject: check.subject }])
    else known.push({ row, subject: check.subject })
  }
  const checksOf = Map.groupBy(checks.values(), (check: RuleCheck) => check.device)
  return new Map([...checksOf].map(([device, own]) => [device, panelPortals(own, rowsOf.get(device) ?? [])]))
}

const panelPortals = (
  checks: readonly RuleCheck[],
  entries: readonly { readonly row: DayRollup; readonly subject: string }[]
): PanelPortals => {
  const rows = new Map<string, DayRollup[]>()
  const online = new Set<string>()
  for (const { row, subject } of entries) {
    const list = rows.get(subject)
    if (list === undefined) rows.set(subject, [row])
    else list.push(row)
    if (isReached(row)) online.add(row.day)
  }
  return { subjects: new Set(checks.map(check => check.subject)), rows, online }
}

const isReached = (row: DayRollup): boolean => row.place === 'off_site' && answeredIn(row.counts)

const pairOf = (
  evidence: SchoolEvidence,
  days: Days,
  wantDays: number,
  panel: string,
  subject: string,
  portals: PanelPortals | undefined
): Pair => {
  const rows = portals?.rows.get(subject) ?? []
  const daysWhere = (is: (row: DayRollup) => boolean): Set<string> => new Set(rows.filter(is).map(row => row.day))
  const good = daysWhere(isReached)
  const answered = daysWhere(row => answeredIn(row.counts))
  // The site itself did not answer that day, so it was another one.
  const isOnline = (day: string): boolean => portals?.online.has(day) === true
  const failing = [...daysWhere(row => row.liveFailed > 0)].filter(day => !answered.has(day) && isOnline(day))
  const known = new Set(Object.hasOwn(evidence.answered, subject) ? evidence.answered[subject] : [])
  const bad = new Set(failing.filter(day => known.has(day)))
  const down = new Set(failing.filter(day => !known.has(day)))
  const state = (): PairState => {
    if (good.size >= wantDays) return 'reach'
    if (bad.size >= days.need) return 'fail'
    if (portals?.subjects.has(subject) !== true) return 'no_check'
    if (rows.every(row => seenIn(row.counts) === 0)) return 'silent'
    if (good.size === 0 && down.size > bad.size) return 'platform_down'
    return progress(evidence, days, good, wantDays).tooShort ? 'period_too_short' : 'too_few_days'
  }
  return { panel, subject, state: state(), good, bad, down }
}
