import type { AreaRow, SchoolRow } from '../../../ledger/ledger.ts'
import type { ObjectionRow, SubmissionRow } from '../../../store/bulletin-store.ts'
import { linkTo, nameOf, type PageContext } from '../context.ts'
import { areaPath } from './place.ts'
import type { TargetNames } from './targets.ts'

/** 报送、审核: where each county stands. */
export interface SubmissionLine {
  readonly area: string
  readonly href: string
  readonly state: string
  readonly style: 'met' | 'unknown' | 'warn' | 'na'
  readonly shape: string
  readonly at: string
  readonly by: string
  readonly note: string
  /** Earlier steps, oldest first. */
  readonly before: readonly string[]
}

export const submissionLines = (
  context: PageContext,
  areas: readonly AreaRow[],
  rows: readonly SubmissionRow[]
): SubmissionLine[] => {
  const { say, formats } = context
  const own = Map.groupBy(rows, row => row.area)
  return areas.map(area => {
    const steps = (own.get(area.id) ?? []).toSorted((a, b) => a.atMs - b.atMs)
    const last = steps.at(-1)
    return {
      area: nameOf(context, area),
      href: linkTo(context, areaPath(area.id)),
      ...(last === undefined
        ? { state: say('not_submitted'), style: 'na' as const, shape: '–' }
        : stateOf(context, last)),
      at: last === undefined ? say('none') : formats.at(last.atMs),
      by: last?.by ?? say('none'),
      note: last?.note ?? '',
      before: steps.slice(0, -1).map(step => `${formats.at(step.atMs)} ${stateOf(context, step).state} ${step.by}`)
    }
  })
}

const stateOf = (
  { say }: PageContext,
  { action }: SubmissionRow
): Pick<SubmissionLine, 'state' | 'style' | 'shape'> => {
  switch (action) {
    case 'submit':
      return { state: say('submitted'), style: 'unknown', shape: '↑' }
    case 'accept':
      return { state: say('accepted'), style: 'met', shape: '✓' }
    case 'return':
      return { state: say('returned'), style: 'warn', shape: '↩' }
  }
}

/** 申诉: what a school says against a verdict, and what came of it. */
export interface ObjectionLine {
  readonly school: string
  readonly href: string
  readonly target: string
  readonly raised: string
  readonly by: string
  readonly note: string
  readonly state: string
  readonly style: 'met' | 'unknown' | 'warn' | 'na'
  readonly shape: string
  readonly answer: string
}

export const objectionLines = (
  context: PageContext,
  rows: readonly ObjectionRow[],
  schools: readonly SchoolRow[],
  names: TargetNames
): ObjectionLine[] => {
  const { formats } = context
  const known = new Map(schools.map(school => [school.id, school]))
  return rows.map(row => {
    const school = known.get(row.school)
    const answered = row.answeredMs === undefined ? '' : `${formats.at(row.answeredMs)} ${row.answeredBy}`
    return {
      school: school === undefined ? row.school : nameOf(context, school),
      href: linkTo(context, `/schools/${encodeURIComponent(row.school)}`),
      target: names.title(row.target),
      raised: formats.at(row.raisedMs),
      by: row.by,
      note: row.note,
      ...objectionState(context, row),
      answer: [row.answer, answered].filter(text => text !== '').join(' · ')
    }
  })
}

const objectionState = (
  { say }: PageContext,
  { state }: ObjectionRow
): Pick<ObjectionLine, 'state' | 'style' | 'shape'> => {
  switch (state) {
    case 'open':
      return { state: say('objection_open'), style: 'unknown', shape: '?' }
    case 'retest':
      return { state: say('objection_retest'), style: 'warn', shape: '↻' }
    case 'upheld':
      return { state: say('objection_upheld'), style: 'met', shape: '✓' }
    case 'rejected':
      return { state: say('objection_rejected'), style: 'na', shape: '–' }
  }
}
