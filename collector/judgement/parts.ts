import { dayMs, dayOf } from '../calendar/day.ts'
import type { SchoolRow } from '../ledger/ledger.ts'
import type { RollupParts } from '../store/rollup-block.ts'
import { appliesTo } from '../verdicts/applies.ts'
import type { PackTarget } from '../verdicts/pack.ts'
import { rules } from '../verdicts/rules.ts'

/**
 * Probe → what the rules of a school's targets look at of its rollups, and from which day on; probes that none looks at are not there.
 * `firstDay` is the period's.
 */
export const partsFor = (
  targets: readonly PackTarget[],
  school: SchoolRow,
  firstDay: string,
  asOfMs: number
): ReadonlyMap<string, RollupParts> => {
  const parts = new Map<string, RollupParts>()
  for (const target of targets) {
    const rule = Object.hasOwn(rules, target.indicator) ? rules[target.indicator] : undefined
    if (rule === undefined || !appliesTo(target.applies_to, school)) continue
    const lastDays = rule.lastDays?.(target.parameters ?? {})
    const fromDay = lastDays === undefined ? firstDay : dayOf(asOfMs - lastDays * dayMs)
    const reads = rule.reads ?? ['last', 'figures']
    for (const probe of rule.probes) {
      const known = parts.get(probe)
      parts.set(probe, {
        fromDay: known !== undefined && known.fromDay < fromDay ? known.fromDay : fromDay,
        last: known?.last === true || reads.includes('last'),
        figures: known?.figures === true || reads.includes('figures')
      })
    }
  }
  return parts
}
