import { byDeclaration, notDeclared } from './declaration.ts'
import { declared, type Rule } from './verdict.ts'

/**
 * What no probe can see (feature labs, drills, continuous security monitoring): the newest declared fact of the target's name decides,
 * `present` or `yes` against `none` or `no`. Nobody who says nothing is taken to have none.
 * Source: shared/specs/verdicts.md, declared facts.
 */
export const declaredFact: Rule = {
  version: 'declared/1',
  probes: [],
  parameters: {},
  needs: ['fact'],
  judge: (evidence, _, terms) => {
    const key = terms?.fact ?? ''
    const fact = declared(evidence, key)
    if (fact === undefined) return notDeclared({ fact: key })
    switch (fact.value) {
      case 'present':
      case 'yes':
        return byDeclaration('met', 'declared_present', fact, { fact: key })
      case 'none':
      case 'no':
        return byDeclaration('missed', 'declared_none', fact, { fact: key })
      default:
        return byDeclaration('unknown', 'bad_declaration', fact, { fact: key })
    }
  }
}
