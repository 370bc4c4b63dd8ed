import type { ChangeKind, RevisionChange } from '../store/bulletin-store.ts'
import type { Verdict } from '../verdicts/verdict.ts'
import { canonical } from './canonical.ts'
import type { SharedEvidence } from './evidence-set.ts'
import { partsOf, type RollupRow } from './school-evidence.ts'

/** Kind → how much: days, tests, facts, schools. */
export type Counted = Partial<Record<ChangeKind, number>>

/** Which part of a school's evidence is which kind of change; rollups and tests are counted, the others are there or not. */
const kinds = {
  school: 'ledger',
  rooms: 'ledger',
  devices: 'ledger',
  checks: 'ledger',
  uplinks: 'ledger',
  portMap: 'ledger',
  schoolDays: 'calendar',
  before: 'before'
} as const satisfies Record<string, ChangeKind>

/** In what a school's evidence differs; both texts as frozen. */
export const schoolDifference = (before: string, after: string): Counted => {
  const [was, is] = [partsOf(before), partsOf(after)]
  const counted: Counted = {}
  for (const [part, kind] of Object.entries(kinds)) {
    const name = part as keyof typeof kinds
    if (canonical(was[name]) !== canonical(is[name])) counted[kind] = 1
  }
  const days = changedRows(was.rollups, is.rollups).map(row => (row as RollupRow)[0])
  if (days.length > 0) counted.readings = new Set(days).size
  const tests = changedRows(was.tierTests, is.tierTests)
  if (tests.length > 0) counted.tests = tests.length
  const facts = changedRows(was.facts, is.facts)
  if (facts.length > 0) counted.facts = facts.length
  return counted
}

/** Rows that only one of the two has. */
const changedRows = (was: unknown, is: unknown): unknown[] => {
  const [a, b] = [rowsOf(was), rowsOf(is)]
  const texts = { a: new Set(a.map(canonical)), b: new Set(b.map(canonical)) }
  return [...a.filter(row => !texts.b.has(canonical(row))), ...b.filter(row => !texts.a.has(canonical(row)))]
}
const rowsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** In what the shared evidence differs. */
export const sharedDifference = (was: SharedEvidence, is: SharedEvidence): Counted => {
  const counted: Counted = {}
  const differ = (kind: ChangeKind, ...parts: readonly (keyof SharedEvidence)[]): void => {
    if (parts.some(part => canonical(was[part]) !== canonical(is[part]))) counted[kind] = 1
  }
  differ('areas', 'areas', 'groups')
  differ('packs', 'packs', 'scopes')
  differ('calendar', 'calendars')
  differ('answered', 'answered')
  differ('before', 'rankingsBefore')
  const ruleNames = new Set([...Object.keys(was.rules), ...Object.keys(is.rules)])
  const changedRules = [...ruleNames].filter(name => was.rules[name] !== is.rules[name]).length
  if (changedRules > 0) counted.rules = changedRules
  const [a, b] = [new Set(was.schools.map(s => s.id)), new Set(is.schools.map(s => s.id))]
  const moved = [...a].filter(id => !b.has(id)).length + [...b].filter(id => !a.has(id)).length
  if (moved > 0) counted.schools = moved
  return counted
}

export const addCounted = (total: Counted, more: Counted): Counted => {
  const sum = { ...total }
  for (const [kind, n] of entriesOf(more)) sum[kind] = (sum[kind] ?? 0) + n
  return sum
}

export const entriesOf = (counted: Readonly<Counted>): [ChangeKind, number][] =>
  Object.entries(counted) as [ChangeKind, number][]

/** Verdicts that differ, by school and target; `why` from the difference of each school's evidence. */
export const changesOf = (
  was: readonly Verdict[],
  is: readonly Verdict[],
  why: ReadonlyMap<string, readonly ChangeKind[]>
): RevisionChange[] => {
  const key = (v: Verdict): string => `${v.school} ${v.target}`
  const [old, now] = [new Map(was.map(v => [key(v), v])), new Map(is.map(v => [key(v), v]))]
  const changes: RevisionChange[] = []
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [a, b] = [old.get(name), now.get(name)]
    if (a?.verdict === b?.verdict && a?.reason === b?.reason) continue
    const school = b?.school ?? a?.school ?? ''
    changes.push({
      school,
      target: b?.target ?? a?.target ?? '',
      before: a?.verdict ?? '',
      after: b?.verdict ?? '',
      reasonBefore: a?.reason ?? '',
      reasonAfter: b?.reason ?? '',
      why: why.get(school) ?? []
    })
  }
  return changes
}
