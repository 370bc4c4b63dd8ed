import { rules } from '../../../collector/verdicts/rules.ts'
import type { Rule } from '../../../collector/verdicts/verdict.ts'
import type { Case } from './evidence.ts'
import { ipv6Cases } from './ipv6-cases.ts'
import { activityCases, coverageCases } from './panel-cases.ts'
import { platformCases } from './platform-cases.ts'
import { recordingCases, syncCases } from './recorder-cases.ts'

/** Indicator → its rule and the cases that reach every reason of it. */
export const tables: readonly { readonly indicator: string; readonly cases: readonly Case[] }[] = [
  { indicator: 'ipv6', cases: ipv6Cases },
  { indicator: 'recording-room', cases: recordingCases },
  { indicator: 'sync-classroom', cases: syncCases },
  { indicator: 'panel-coverage', cases: coverageCases },
  { indicator: 'platform-reach', cases: platformCases },
  { indicator: 'device-activity', cases: activityCases }
]

export const ruleOf = (indicator: string): Rule => {
  const rule = rules[indicator]
  if (rule === undefined) throw new Error(`no rule for ${indicator}`)
  return rule
}
