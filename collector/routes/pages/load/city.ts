import type { BulletinRow } from '../../../store/bulletin-store.ts'
import type { FiguresRef } from '../../../store/history-store.ts'
import type { StoreReads } from '../../../store/store.ts'
import type { Share } from '../../../verdicts/verdict.ts'
import type { PageContext } from '../context.ts'
import type { AreasReads } from '../model/areas.ts'
import { newestRecords } from '../model/attention.ts'
import type { BulletinReadings } from '../model/bulletin.ts'
import { figuresOf, figuresRef, isCarried, recentFigures, sharesDiffer, type Figures } from '../model/figures.ts'
import type { OverviewReads } from '../model/overview.ts'
import { placeOfPath, shareRows, type Place, type PlacePath } from '../model/place.ts'
import type { RankingReads } from '../model/ranking.ts'
import type { ReminderReads } from '../model/reminders.ts'
import type { History } from '../model/targets.ts'
import type { PackReader } from './packs.ts'

/** How many periods a trend shows, this one included. */
export const trendPeriods = 6

/** What the pages about figures read: each list of the store once, of the revision that is in force or asked for. */
export const cityLoader = (store: StoreReads, packs: PackReader) => {
  /** Who is where on the period's last day, and what rules there. */
  const ledger = async ({ period }: PageContext) => {
    const [areas, groups, schools, packRows, scopes] = await Promise.all([
      store.areas(),
      store.groups(),
      store.schools(period.lastDay),
      store.packs(),
      store.packScopes()
    ])
    return { areas, groups, schools, packs: packs(packRows), scopes }
  }

  /** The shares of the figures shown, and whether the current ones have moved away from them. */
  const sharesOf = async (
    { period, revision }: FiguresRef,
    bulletins: readonly BulletinRow[]
  ): Promise<{ shares: readonly Share[]; figures: Figures }> => {
    const shares = await store.shares(period, revision)
    const differs = revision > 0 && sharesDiffer(shares, await store.shares(period, 0))
    return { shares, figures: figuresOf({ period, revision }, bulletins, differs) }
  }

  const historyOf = async (
    context: PageContext,
    keys: readonly string[],
    bulletins: readonly BulletinRow[],
    rankings: OverviewReads['rankings']
  ): Promise<History> => {
    const refs = recentFigures(context, bulletins, trendPeriods)
    const periods = refs.map(ref => ref.period)
    return {
      periods,
      shares: await store.shareHistory(keys, refs),
      carried: new Set(
        periods.filter(name => isCarried(name, bulletins, name === context.period.name ? rankings : undefined))
      )
    }
  }

  /** Undefined when there is no such area or group. */
  const overview = async (
    context: PageContext,
    path: PlacePath = { kind: 'all' }
  ): Promise<{ reads: OverviewReads; place: Place } | undefined> => {
    const bulletins = await store.bulletins()
    const ref = figuresRef(context, bulletins)
    const own = await ledger(context)
    const place = placeOfPath(path, own.areas, own.groups)
    if (place === undefined) return undefined
    const [agents, rejected, verdicts, asOfMs, rankings, shared] = await Promise.all([
      store.agents(),
      store.rejected(newestRecords),
      store.said(ref.period, ref.revision),
      store.judgedAt(ref.period, ref.revision),
      store.rankings(ref.period, ref.revision),
      sharesOf(ref, bulletins)
    ])
    const keys = shareRows(place, own.areas).map(row => row.key)
    const history = await historyOf(context, keys, bulletins, rankings)
    return { place, reads: { ...own, ...shared, agents, rejected, verdicts, asOfMs, rankings, history } }
  }

  const areas = async (context: PageContext): Promise<AreasReads> => {
    const bulletins = await store.bulletins()
    const [own, shared] = await Promise.all([ledger(context), sharesOf(figuresRef(context, bulletins), bulletins)])
    return { ...own, ...shared }
  }

  const ranking = async (context: PageContext): Promise<RankingReads> => {
    const bulletins = await store.bulletins()
    const ref = figuresRef(context, bulletins)
    const [own, shared, rankings] = await Promise.all([
      ledger(context),
      sharesOf(ref, bulletins),
      store.rankings(ref.period, ref.revision)
    ])
    return { ...own, ...shared, rankings }
  }

  const bulletin = async (context: PageContext): Promise<BulletinReadings> => {
    const bulletins = await store.bulletins()
    const ref = figuresRef(context, bulletins)
    const [own, shared, rankings, submissions, objections] = await Promise.all([
      ledger(context),
      sharesOf(ref, bulletins),
      store.rankings(ref.period, ref.revision),
      store.submissions(ref.period),
      store.objections(ref.period)
    ])
    const keys = shareRows({ kind: 'all' }, own.areas).map(row => row.key)
    const history = await historyOf(context, keys, bulletins, rankings)
    return { ...own, ...shared, bulletins, rankings, submissions, objections, history }
  }

  const reminders = async (context: PageContext): Promise<ReminderReads> => {
    // What is missing is asked of the current figures: a frozen revision cannot be helped any more.
    const [own, verdicts, bulletins] = await Promise.all([
      ledger(context),
      store.said(context.period.name),
      store.bulletins()
    ])
    return { ...own, verdicts, bulletins }
  }

  /** The whole verdicts of the few schools that a page shows. */
  const verdictsOf = ({ period }: PageContext, schools: readonly string[]) => store.verdicts(period.name, 0, schools)

  const bulletins = async () => {
    const [rows, judged] = await Promise.all([store.bulletins(), store.judgedPeriods()])
    return { bulletins: rows, judged }
  }

  return { verdictsOf, overview, areas, ranking, bulletin, reminders, bulletins }
}
