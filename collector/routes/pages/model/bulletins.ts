import { stageOf, type Stage } from '../../../bulletin/stage.ts'
import { periodAt, periodNamed } from '../../../calendar/period.ts'
import type { BulletinRow } from '../../../store/bulletin-store.ts'
import type { PageContext } from '../context.ts'
import { newestOf } from './figures.ts'
import { frameOf, type Frame, type Site } from './frame.ts'
import { downloadsOf, type Download } from './revisions.ts'
import { stageText } from './stage.ts'

/** Every period with a bulletin or with verdicts to freeze, and the running one, newest first. */
export interface BulletinsPage extends Frame {
  readonly heading: string
  readonly lines: readonly BulletinLine[]
  readonly rhythm: string
}
export interface BulletinLine {
  readonly href: string
  readonly period: string
  readonly dates: string
  readonly stage: string
  readonly style: Stage
  readonly revision: string
  readonly ranked: string
  readonly frozen: string
  readonly published: string
  readonly downloads: readonly Download[]
}

export interface BulletinsReads {
  readonly bulletins: readonly BulletinRow[]
  /** Names of the periods that have verdicts. */
  readonly judged: readonly string[]
}

export const bulletinsPage = (
  context: PageContext,
  site: Site,
  { bulletins, judged }: BulletinsReads
): BulletinsPage => {
  const { say } = context
  const current = periodAt(context.nowMs)
  // A period before the first readings is not on its way to a bulletin.
  const names = [...new Set([current.name, ...judged, ...bulletins.map(row => row.period)])].toSorted().toReversed()
  return {
    ...frameOf(context, site, { title: say('bulletins_title'), place: 'bulletins', refreshS: 300 }),
    heading: say('bulletins_title'),
    lines: names.map(name => lineFor(context, name, bulletins)),
    rhythm: say('bulletin_rhythm')
  }
}

const lineFor = (context: PageContext, name: string, bulletins: readonly BulletinRow[]): BulletinLine => {
  const { say, formats, nowMs } = context
  const period = periodNamed(name)
  const stage = stageOf(period, nowMs, bulletins)
  const newest = newestOf(bulletins, name)
  const published = bulletins.find(row => row.period === name && row.publishedMs !== undefined)?.publishedMs
  return {
    href: `/bulletins/${name}`,
    period: formats.month(name),
    dates: `${formats.day(period.firstDay)} – ${formats.day(period.lastDay)}`,
    stage: stageText(context, stage),
    style: stage,
    revision: newest === undefined ? say('none') : say('revision_n', { n: newest.revision }),
    ranked: newest === undefined ? say('none') : say(newest.ranked ? 'is_ranked' : 'is_carried'),
    frozen: newest === undefined ? say('none') : formats.at(newest.frozenMs),
    published: published === undefined ? say('none') : formats.at(published),
    downloads: newest === undefined ? [] : downloadsOf(name, newest.revision)
  }
}
