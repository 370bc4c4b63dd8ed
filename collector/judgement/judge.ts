import type { Period } from '../calendar/period.ts'
import type { Store } from '../store/store.ts'
import { judgeSchool, sharesOf, targetsFor } from '../verdicts/evaluate.ts'
import type { Verdict } from '../verdicts/verdict.ts'
import { openPeriod } from './gather.ts'

/** Judges every school for every target that rules its area, and stores verdicts and shares as the current ones. */
export const judgePeriod = async (store: Omit<Store, 'share'>, period: Period, nowMs: number): Promise<void> => {
  const inputs = await openPeriod(store, period, nowMs)
  const goals = new Map<string, number>()
  const verdicts: Verdict[] = []
  for await (const chunk of inputs.evidence())
    for (const evidence of chunk) {
      const targets = targetsFor(inputs.jurisdiction, evidence.school.area, period.name)
      for (const target of targets) goals.set(target.key, target.goal_pct)
      verdicts.push(...judgeSchool(evidence, targets))
    }
  await store.putVerdicts(period.name, verdicts, sharesOf(inputs.jurisdiction.areas, inputs.schools, verdicts, goals))
}
