import type { InPeriod } from '../../../store/history-store.ts'
import type { Language } from '../../../verdicts/explain.ts'
import { targetsFor, type Jurisdiction } from '../../../verdicts/evaluate.ts'
import { goalStateOf } from '../../../verdicts/goal.ts'
import { targetsOf, type PackTarget } from '../../../verdicts/pack.ts'
import { linkTo, nameOf, type PageContext } from '../context.ts'
import type { Share } from '../../../verdicts/verdict.ts'
import { placePath, shareRows, type Place } from './place.ts'
import { shareBar, type ShareBar } from './share-bar.ts'
import { trendOf, type Trend } from './trend.ts'

/** The shares of one area or group. */
export interface TargetTable {
  readonly caption: string
  readonly lines: readonly TargetLine[]
}
export interface TargetLine {
  readonly title: string
  /** Document and paragraph. */
  readonly source: string
  readonly goal: string
  readonly pct: string
  readonly atMost: string
  /** Against the goal, whatever the unknowns turn out to be. */
  readonly reached: string
  /** Undefined until the first figures are there. */
  readonly bar: ShareBar | undefined
  readonly trend: Trend | undefined
  readonly counts: readonly {
    readonly style: string
    readonly shape: string
    readonly word: string
    readonly n: string
    readonly href: string
  }[]
}

/** How a target is named on the pages, whether or not its pack is still there. */
export interface TargetNames {
  readonly title: (key: string) => string
  readonly source: (key: string) => string
}

export const targetNames = (context: PageContext, jurisdiction: Jurisdiction): TargetNames => {
  const known = new Map(targetsOf(jurisdiction.packs).map(target => [target.key, target]))
  return {
    title: key => known.get(key)?.title[context.language] ?? key,
    source: key => sourceOf(known.get(key), context.language)
  }
}

const sourceOf = (target: PackTarget | undefined, language: Language): string =>
  target === undefined ? '' : `${language === 'zh' ? target.document : target.packTitle.en} ${target.paragraph}`

/** The targets that rule anywhere in the ledger, in the packs' order. */
export const rulingTargets = (context: PageContext, jurisdiction: Jurisdiction): PackTarget[] => {
  const ruling = new Map(
    jurisdiction.areas
      .flatMap(area => targetsFor(jurisdiction, area.id, context.period.name))
      .map(target => [target.key, target])
  )
  return targetsOf(jurisdiction.packs).filter(target => ruling.has(target.key))
}

/** Shares of this and earlier periods, oldest first, and the periods whose figures were carried over. */
export interface History {
  readonly periods: readonly string[]
  readonly shares: readonly (Share & InPeriod)[]
  readonly carried: ReadonlySet<string>
}

export const targetTables = (
  context: PageContext,
  jurisdiction: Jurisdiction,
  place: Place,
  shares: readonly Share[],
  history: History
): TargetTable[] => {
  const names = targetNames(context, jurisdiction)
  const ruling = rulingTargets(context, jurisdiction)
  return shareRows(place, jurisdiction.areas).flatMap(({ key: area, entry }) => {
    const own = new Map(shares.filter(share => share.area === area).map(share => [share.target, share]))
    const keys = [...new Set([...ruling.map(target => target.key), ...own.keys()])]
    // Figures first come for all roots at once; a root without any then simply has no schools.
    const shown = shares.length === 0 ? keys : keys.filter(key => own.has(key))
    if (shown.length === 0) return []
    const goals = new Map(ruling.map(target => [target.key, target.goal_pct]))
    const trends = Map.groupBy(
      history.shares.filter(share => share.area === area),
      share => share.target
    )
    const lines = shown.map(key => ({
      ...lineFor(context, names, placePath(place), key, own.get(key), goals.get(key)),
      trend: trendFor(context, history, trends.get(key) ?? [])
    }))
    return [{ caption: context.say('targets_caption', { area: nameOf(context, entry) }), lines }]
  })
}

const trendFor = (
  context: PageContext,
  { periods, carried }: History,
  shares: readonly (Share & InPeriod)[]
): Trend | undefined =>
  trendOf(
    context,
    periods.map(period => {
      const share = shares.find(one => one.period === period)
      return { period, pct: share?.pct, hiPct: share?.hiPct, carried: carried.has(period) }
    })
  )

const lineFor = (
  context: PageContext,
  names: TargetNames,
  path: string,
  key: string,
  share: Share | undefined,
  goalPct: number | undefined
): Omit<TargetLine, 'trend'> => {
  const { say, formats } = context
  const goal = share?.goalPct ?? goalPct
  const base = {
    title: names.title(key),
    source: names.source(key),
    // 0: the document sets no figure.
    goal: goal === undefined || goal === 0 ? '' : say('goal', { pct: formats.percent(goal) })
  }
  if (share === undefined)
    return { ...base, pct: say('computing'), atMost: '', reached: '', bar: undefined, counts: [] }
  const count = (style: string, shape: string, word: string, verdict: string, n: number) => ({
    style,
    shape,
    word,
    n: formats.number(n),
    href: `${linkTo(context, path, { target: key, verdict })}#schools`
  })
  return {
    ...base,
    pct: share.pct === undefined ? say('not_applicable') : formats.percent(share.pct),
    atMost: share.unknownN === 0 ? '' : say('at_most', { pct: formats.percent(share.hiPct) }),
    reached: reachedText(context, share),
    bar: shareBar(context, share),
    counts: [
      count('met', '✓', say('met'), 'met', share.metN),
      count('unknown', '?', say('unknown'), 'unknown', share.unknownN),
      count('missed', '✕', say('missed'), 'missed', share.missedN),
      ...(share.notApplicableN === 0
        ? []
        : [count('na', '–', say('not_applicable'), 'not_applicable', share.notApplicableN)])
    ]
  }
}

const reachedText = ({ say }: PageContext, share: Share): string => {
  const state = goalStateOf(share)
  return state === 'no_goal' ? '' : say(goalWords[state])
}
const goalWords = { reached: 'goal_reached', not_reached: 'goal_missed', open: 'goal_open' } as const
