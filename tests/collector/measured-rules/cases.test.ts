import t from 'tap'
import { explain, explained } from '../../../collector/verdicts/explain.ts'
import type { Finding } from '../../../collector/verdicts/verdict.ts'
import { evidence } from '../../rig/evidence.ts'
import { ruleOf, tables } from './tables.ts'

const nobodys = ['not_applicable', 'no_rule', 'vacation', 'pack_contradiction']

const isSound = ({ n, expectedN, excluded, verdict, evidence: lines }: Finding): boolean =>
  [n, expectedN, ...Object.values(excluded)].every(Number.isInteger) &&
  Math.min(n, expectedN, ...Object.values(excluded)) >= 0 &&
  !Object.values(excluded).includes(0) &&
  (verdict === 'unknown' || lines.length > 0)

for (const { indicator, cases } of tables)
  void t.test(indicator, t => {
    const rule = ruleOf(indicator)
    const findings = new Map<string, Finding>()
    for (const { name, over, verdict, reason, parameters, terms } of cases) {
      const finding = rule.judge(evidence(over), parameters ?? {}, terms)
      t.same([finding.verdict, finding.reason], [verdict, reason], `${name}: ${verdict}, ${reason}`)
      if (!isSound(finding)) t.fail(`${name}: counts are whole numbers, and a decision shows its evidence`, { finding })
      findings.set(finding.reason, finding)
    }
    const said = explained(indicator).filter(reason => !nobodys.includes(reason))
    t.same([...findings.keys()].sort(), said.toSorted(), 'every reason has words, and all words have a reason')
    for (const finding of findings.values())
      for (const language of ['zh', 'en'] as const) {
        const text = explain({ ...finding, indicator }, language)
        t.notMatch(text, /[?{}]|undefined|NaN|^Reason:|^原因/, text)
        t.match(text, language === 'zh' ? /[\u4e00-\u9fff].*。$/ : /^[A-Z0-9“].*\.$/, text)
      }
    t.end()
  })
