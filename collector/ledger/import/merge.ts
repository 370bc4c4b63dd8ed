import { blame, isGood, type Draft, type FaultSink } from './draft.ts'
import { shownValue } from './fault-list.ts'
import { wordOf } from './names.ts'

/**
 * Lines that change a part of another row: a contact is two columns of its school, and a group may take a line for every member.
 * Gives the drafts that are rows of the ledger.
 */
export const mergeParts = (drafts: readonly Draft[], isSchool: (id: string) => boolean, faults: FaultSink): Draft[] => {
  const schools = new Map(drafts.flatMap(draft => (draft.kind === 'schools' ? [[draft.key, draft] as const] : [])))
  const groups = new Map<string, Draft>()
  const rows: Draft[] = []
  for (const draft of drafts) {
    if (draft.kind === 'contacts') rows.push(...contactOf(draft, schools, isSchool, faults))
    else if (draft.kind === 'groups') rows.push(...memberOf(draft, groups, schools, isSchool, faults))
    else rows.push(draft)
  }
  return rows
}

const contactOf = (
  draft: Draft,
  schools: Map<string | undefined, Draft>,
  isSchool: (id: string) => boolean,
  faults: FaultSink
): Draft[] => {
  if (draft.state !== 'good' || draft.key === undefined) return [draft]
  const other = schools.get(draft.key)
  if (other === undefined && !isSchool(draft.key)) {
    unknownSchool(draft, 'school', draft.key, faults)
    return [draft]
  }
  const changed = ['contact', 'phone'].filter(field => draft.values.has(field))
  if (other === undefined) {
    const values = new Map<string, unknown>([['id', draft.key]])
    for (const field of changed) values.set(field, draft.values.get(field))
    const row: Draft = { ...draft, kind: 'schools', values }
    schools.set(draft.key, row)
    return [row]
  }
  for (const field of changed) {
    const [said, now] = [wordOf(other.values, field), wordOf(draft.values, field)]
    if (said !== undefined && said !== now)
      blame(draft, faults, {
        field,
        expected: `must not contradict ${shownValue(said)}, said of the same school`,
        value: shownValue(now ?? '')
      })
    else other.values.set(field, now)
  }
  return isGood(draft) ? [] : [draft]
}

const memberOf = (
  draft: Draft,
  groups: Map<string, Draft>,
  schools: Map<string | undefined, Draft>,
  isSchool: (id: string) => boolean,
  faults: FaultSink
): Draft[] => {
  const members = draft.values.get('schools')
  for (const school of Array.isArray(members) ? members.map(String) : [])
    if (!schools.has(school) && !isSchool(school)) unknownSchool(draft, 'schools', school, faults)
  const first = draft.key === undefined ? undefined : groups.get(draft.key)
  if (first === undefined || draft.whole) {
    if (draft.key !== undefined) groups.set(draft.key, draft)
    return [draft]
  }
  // A group without one of its schools would have another share: it is imported whole or not at all.
  if (draft.state !== 'good' && first.state === 'good') first.state = 'dependent'
  for (const field of ['name', 'name_en']) {
    const [said, now] = [wordOf(first.values, field), wordOf(draft.values, field)]
    if (now === undefined || said === now) continue
    if (said === undefined) first.values.set(field, now)
    else {
      blame(draft, faults, {
        field,
        expected: `must be the same on every line of a group, ${shownValue(said)}`,
        value: shownValue(now)
      })
      first.state = 'dependent'
    }
  }
  const before = first.values.get('schools')
  first.values.set('schools', [...new Set([...list(before), ...list(members)])])
  return isGood(draft) ? [] : [draft]
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

const unknownSchool = (draft: Draft, field: string, school: string, faults: FaultSink): void =>
  blame(draft, faults, { field, expected: 'must be the code or id of a known school', value: shownValue(school) })
