import type { AreaRow, GroupRow, PackScopeRow, SchoolRow } from '../../../ledger/ledger.ts'
import type { Pack } from '../../../verdicts/pack.ts'
import type { Share } from '../../../verdicts/verdict.ts'
import { linesIn } from '../../../verdicts/area-line.ts'
import { linkTo, nameOf, type PageContext } from '../context.ts'
import { figuresNote, type Figures, type FiguresNote } from './figures.ts'
import { frameOf, type Frame, type Site } from './frame.ts'
import { heatTable, type HeatTable } from './heat.ts'
import { areaPath, childrenOf, groupKey, groupPath, rootsOf } from './place.ts'
import { periodFacts, type PeriodFacts } from './overview.ts'
import { rulingTargets, targetNames } from './targets.ts'

/** The tree of areas, and the named sets of schools. */
export interface AreasPage extends Frame {
  readonly heading: string
  readonly period: PeriodFacts
  readonly note: FiguresNote | undefined
  readonly lines: readonly AreaLine[]
  readonly groups: readonly GroupLine[]
  readonly heat: HeatTable | undefined
}
export interface AreaLine {
  readonly name: string
  readonly href: string
  /** Steps below the top, for indenting; 4 at most. */
  readonly depth: number
  readonly level: string
  readonly schools: string
  readonly packs: string
}
export interface GroupLine {
  readonly name: string
  readonly href: string
  readonly schools: string
}

export interface AreasReads {
  readonly areas: readonly AreaRow[]
  readonly groups: readonly GroupRow[]
  readonly schools: readonly SchoolRow[]
  readonly packs: readonly Pack[]
  readonly scopes: readonly PackScopeRow[]
  readonly figures: Figures
  readonly shares: readonly Share[]
}

export const areasPage = (context: PageContext, site: Site, reads: AreasReads): AreasPage => {
  const { say, formats } = context
  const names = targetNames(context, reads)
  const groups = reads.groups.map(group => ({
    key: groupKey(group.id),
    name: nameOf(context, group),
    path: groupPath(group.id)
  }))
  return {
    ...frameOf(context, site, { title: say('areas_title'), place: 'areas', refreshS: 300 }),
    heading: say('areas_title'),
    period: periodFacts(context),
    note: figuresNote(context, reads.figures),
    lines: areaLines(context, reads),
    groups: reads.groups.map(group => ({
      name: nameOf(context, group),
      href: linkTo(context, groupPath(group.id)),
      schools: say('schools_n', { n: formats.number(group.schools.length) })
    })),
    heat: heatTable(
      context,
      groups,
      reads.shares,
      names,
      rulingTargets(context, reads).map(target => target.key),
      { caption: say('groups_caption'), ranking: undefined }
    )
  }
}

const areaLines = (context: PageContext, { areas, schools, scopes, packs }: AreasReads): AreaLine[] => {
  const { say, term, formats, period, language } = context
  const own = new Map<string, number>()
  const lineTo = linesIn(areas)
  for (const school of schools) for (const area of lineTo(school.area)) own.set(area, (own.get(area) ?? 0) + 1)
  const titles = new Map(packs.map(pack => [pack.id, pack.title[language]]))
  const rules = ({ fromPeriod, toPeriod }: PackScopeRow): boolean =>
    fromPeriod <= period.name && (toPeriod === undefined || period.name <= toPeriod)
  const below = (area: AreaRow, depth: number): AreaLine[] => [
    {
      name: nameOf(context, area),
      href: linkTo(context, areaPath(area.id)),
      depth: Math.min(4, depth),
      level: term('level', area.level),
      schools: say('schools_n', { n: formats.number(own.get(area.id) ?? 0) }),
      packs: scopes
        .filter(scope => scope.area === area.id && rules(scope))
        .map(scope => titles.get(scope.pack) ?? scope.pack)
        .join(say('separator'))
    },
    ...childrenOf(areas, area.id).flatMap(child => below(child, depth + 1))
  ]
  return rootsOf(areas).flatMap(root => below(root, 0))
}
