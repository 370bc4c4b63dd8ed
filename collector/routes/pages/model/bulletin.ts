import type { AreaRow } from '../../../ledger/ledger.ts'
import type { BulletinRow, ObjectionRow, SubmissionRow } from '../../../store/bulletin-store.ts'
import type { Ranking } from '../../../verdicts/ranking.ts'
import { linkTo, nameOf, type PageContext } from '../context.ts'
import { newestOf } from './figures.ts'
import { frameOf, type Frame, type Site } from './frame.ts'
import { leadingRanking, periodFacts, type OverviewReads, type PeriodFacts } from './overview.ts'
import { branchingArea, rootsOf } from './place.ts'
import { rankTitle } from './ranking.ts'
import { rankTable, type RankTable } from './rank-table.ts'
import { downloadsOf, revisionLines, type RevisionLine } from './revisions.ts'
import { stageSteps, stageText, type StageStep } from './stage.ts'
import { objectionLines, submissionLines, type ObjectionLine, type SubmissionLine } from './submissions.ts'
import { targetNames, targetTables, type TargetNames, type TargetTable } from './targets.ts'

export interface BulletinReadings extends Omit<OverviewReads, 'agents' | 'rejected' | 'verdicts' | 'asOfMs'> {
  readonly bulletins: readonly BulletinRow[]
  readonly submissions: readonly SubmissionRow[]
  readonly objections: readonly ObjectionRow[]
}

export interface BulletinPage extends Frame {
  readonly heading: string
  readonly list: string
  readonly period: PeriodFacts
  readonly stage: string
  readonly steps: readonly StageStep[]
  /** What the figures below are: a revision, or a preview that still moves. */
  readonly status: string
  readonly overviewHref: string
  readonly hash: string
  readonly downloads: RevisionLine['downloads']
  readonly revisions: readonly RevisionLine[]
  readonly tables: readonly TargetTable[]
  readonly ranking: RankTable | undefined
  readonly rankingHref: string
  readonly named: readonly string[]
  readonly namedNone: string
  readonly submissions: readonly SubmissionLine[]
  readonly objections: readonly ObjectionLine[]
  readonly objectionsHow: string
}

export const bulletinPage = (context: PageContext, site: Site, reads: BulletinReadings): BulletinPage => {
  const { say, formats, period } = context
  const names = targetNames(context, reads)
  const own = reads.bulletins.filter(row => row.period === period.name)
  const { stage, steps } = stageSteps(context, period, reads.bulletins)
  const revisions = revisionLines(context, own, reads.figures.revision, reads.schools, names)
  const shown = revisions.find(line => line.isShown)
  const scope = branchingArea(reads.areas, rootsOf(reads.areas)[0])
  const ranking = leadingRanking(reads.rankings, scope?.id)
  const heading = say('bulletin_title', { period: formats.month(period.name) })
  const named = namedLines(context, reads.areas, reads.rankings, names)
  return {
    ...frameOf(context, site, {
      title: heading,
      place: 'bulletins',
      refreshS: stage === 'published' ? undefined : 300
    }),
    heading,
    list: '/bulletins',
    period: periodFacts(context, name => `/bulletins/${name}`),
    stage: stageText(context, stage),
    steps,
    status: statusText(context, reads),
    overviewHref: linkTo(context, '/'),
    hash: shown?.hash ?? '',
    // Until the freeze the files are a preview too.
    downloads: shown?.downloads ?? (own.length === 0 ? downloadsOf(period.name) : []),
    revisions,
    tables: targetTables(context, reads, { kind: 'all' }, reads.shares, reads.history),
    ranking:
      ranking === undefined || scope === undefined
        ? undefined
        : rankTable(
            context,
            reads.areas,
            ranking,
            say('ranking_caption', { area: nameOf(context, scope), target: rankTitle(context, names, ranking.target) })
          ),
    rankingHref: linkTo(context, '/ranking'),
    named,
    namedNone: say(stage === 'frozen' || stage === 'published' ? 'named_none' : 'named_none_yet'),
    submissions: submissionLines(
      context,
      reads.areas.filter(area => area.level === 'county'),
      reads.submissions
    ),
    objections: objectionLines(context, reads.objections, reads.schools, names),
    objectionsHow: say(stage === 'published' ? 'objections_closed' : 'objections_how', { period: period.name })
  }
}

const statusText = (context: PageContext, { figures, bulletins }: BulletinReadings): string => {
  const { say, formats, period } = context
  if (figures.shown === undefined)
    return say(newestOf(bulletins, period.name) === undefined ? 'status_preview' : 'note_current')
  const text = say('status_frozen', { n: figures.shown.revision, at: formats.at(figures.shown.frozenMs) })
  return `${text}${figures.shown.ranked ? '' : say('note_carried')}${figures.differs ? say('note_differs') : ''}`
}

/** 通报: each named area once for each number of periods, with what it is named for. */
const namedLines = (
  context: PageContext,
  areas: readonly AreaRow[],
  rankings: readonly Ranking[],
  names: TargetNames
): string[] => {
  const { say } = context
  const known = new Map(areas.map(area => [area.id, nameOf(context, area)]))
  const lines = rankings.flatMap(({ target, lines }) =>
    lines.filter(line => line.naming === 'named').map(line => ({ area: line.area, n: line.backPeriods, target }))
  )
  return [...Map.groupBy(lines, line => `${line.area} ${line.n}`).values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const targets = group.map(line => rankTitle(context, names, line.target)).join(say('separator'))
    return [say('named_in', { area: known.get(first.area) ?? first.area, n: first.n, targets })]
  })
}
