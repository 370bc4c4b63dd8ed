import { daysOfRule, percentCut, progress, sourceOf, withoutZeros } from './days.ts'
import { panelsOf, runningDays } from './panel-days.ts'
import { declared, type Finding, type Rule } from './verdict.ts'

/**
 * 设备活跃度 (鄂教体发〔2023〕19号: reported in the monthly bulletin and ranked; the document sets no threshold). Of all panels of the ledger on
 * all school days so far, the share of panel-days on which the panel ran in the school's hours. met says that the figure is there and
 * reaches `least_pct`. A panel that is off and an agent that is silent look the same, so nothing but a declaration makes it missed.
 */
export const deviceActivity: Rule = {
  version: 'device-activity/1',
  probes: ['host'],
  reads: [],
  parameters: { least_pct: { unit: '%', least: 0, most: 100, whole: true, byDefault: 0 } },
  judge: (evidence, parameters) => {
    const leastPct = parameters['least_pct'] ?? 0
    const panels = panelsOf(evidence)
    const days = daysOfRule(evidence)
    const running = runningDays(evidence, days)
    const activeOn = new Map<string, number>()
    for (const panel of panels)
      for (const day of running.get(panel.id) ?? []) activeOn.set(day, (activeOn.get(day) ?? 0) + 1)
    const active = [...activeOn.values()].reduce((n, of) => n + of, 0)
    const possible = panels.length * days.soFar.size
    const silent = panels.filter(panel => !running.has(panel.id)).length
    const { facts } = progress(evidence, days, new Set(activeOn.keys()))
    const base: Omit<Finding, 'verdict' | 'reason'> = {
      n: activeOn.size,
      expectedN: days.need,
      facts: {
        ...facts,
        panels: panels.length,
        silent_panels: silent,
        active_panel_days: active,
        panel_days: possible,
        activity_pct: percentCut(active, possible),
        least_pct: leastPct
      },
      excluded: withoutZeros({ silent_panels: silent }),
      evidence: [...activeOn]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([day, n]) => `day ${day} panels ${n} of ${panels.length}`)
    }
    const none = declared(evidence, 'device-activity')
    if (none?.value === 'none') {
      const found = { ...base, facts: { ...base.facts, ...sourceOf(none) } }
      if (active > 0) return { ...found, verdict: 'unknown', reason: 'declaration_contradicted' }
      const fact = [`fact device-activity ${none.asOf}`]
      return { ...found, verdict: 'missed', reason: 'declared_none', n: 1, expectedN: 1, evidence: fact }
    }
    if (panels.length === 0) return { ...base, verdict: 'unknown', reason: 'no_panels' }
    if (active === 0) return { ...base, verdict: 'unknown', reason: 'silent' }
    if (activeOn.size < days.need) return { ...base, verdict: 'unknown', reason: 'too_few_days' }
    if (100 * active < leastPct * possible) return { ...base, verdict: 'unknown', reason: 'below_least' }
    return { ...base, verdict: 'met', reason: 'reported' }
  }
}
