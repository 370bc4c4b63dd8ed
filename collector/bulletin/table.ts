import { localTime } from '../calendar/day.ts'
import { compositeTarget } from '../verdicts/ranking.ts'
import type { Edition } from './edition.ts'

/** A table for print and spreadsheet alike: text and numbers, nothing to compute, safe to show as they are only after escaping. */
export interface Table {
  readonly id:
    'head' | 'summary' | 'unknown' | 'carried' | 'schools' | 'evidence' | 'changes' | 'submissions' | 'objections'
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  /** What to say of an empty one. */
  readonly none: string
}

/** What an edition calls things: the names it was frozen with. */
export interface Names {
  area(id: string): string
  target(key: string): string
  school(id: string): { readonly code: string; readonly name: string; readonly area: string }
}

export const namesOf = ({ areas, groups, schools, targets }: Edition): Names => {
  const areaNames = new Map([
    ...areas.map((a): [string, string] => [a.id, a.name]),
    ...groups.map((g): [string, string] => [`group:${g.id}`, g.name])
  ])
  const titles = new Map(targets.map(t => [t.key, t.title.zh]))
  const known = new Map(schools.map(s => [s.id, s]))
  return {
    area: id => areaNames.get(id) ?? id,
    target: key => (key === compositeTarget ? '综合 Composite' : (titles.get(key) ?? key)),
    school: id => known.get(id) ?? { code: '', name: id, area: '' }
  }
}

/** To the minute, Beijing time. */
export const minuteText = (atMs: number): string => localTime(atMs).slice(0, 16).replace('T', ' ')
