import { byDeclaration, notDeclared } from './declaration.ts'
import { declared, type Rule } from './verdict.ts'

/** The fact that a county office enters when a school's figures of the month came in. */
const key = 'monthly-report'

/**
 * 月报按时报送: the school's figures of the period were submitted by its last day. Declared `submitted` or `late`; an older month's declaration
 * says nothing about this one, and nothing declared is unknown, because the office may simply not have entered it.
 * Source: 鄂教体发〔2023〕19号, monthly figures by the 20th.
 */
export const monthlyReport: Rule = {
  version: 'monthly-report/1',
  probes: [],
  parameters: {},
  judge: evidence => {
    const { firstDay, lastDay } = evidence.period
    const fact = declared(evidence, key)
    if (fact === undefined || fact.asOf < firstDay) return notDeclared({ fact: key, last_day: lastDay })
    if (fact.value === 'submitted') return byDeclaration('met', 'submitted', fact)
    if (fact.value === 'late') return byDeclaration('missed', 'late', fact)
    return notDeclared({ fact: key, last_day: lastDay })
  }
}
