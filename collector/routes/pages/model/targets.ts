import type { AreaRow } from '../../../ledger/ledger.ts'
import type { Language } from '../../../verdicts/explain.ts'
import { targetsFor, type Jurisdiction } from '../../../verdicts/evaluate.ts'
import { targetsOf, type PackTarget } from '../../../verdicts/pack.ts'
import { linkTo, nameOf, type PageContext } from '../context.ts'
import type { Share } from '../../../verdicts/verdict.ts'
import { shareBar, type ShareBar } from './share-bar.ts'

/** The shares of one root area. */
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
  /** Undefined until the first figures are there. */
  readonly bar: ShareBar | undefined
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

export const targetTables = (
  context: PageContext,
  jurisdiction: Jurisdiction,
  shares: readonly Share[]
): TargetTable[] => {
  const names = targetNames(context, jurisdiction)
  const ruling = rulingTargets(context, jurisdiction)
  return rootsOf(jurisdiction.areas).flatMap(root => {
    const own = new Map(shares.filter(share => share.area === root.id).map(share => [share.target, share]))
    const keys = [...new Set([...ruling.map(target => target.key), ...own.keys()])]
    // Figures first come for all roots at once; a root without any then simply has no schools.
    const shown = shares.length === 0 ? keys : keys.filter(key => own.has(key))
    if (shown.length === 0) return []
    const goals = new Map(ruling.map(target => [target.key, target.goal_pct]))
    const lines = shown.map(key => lineFor(context, names, key, own.get(key), goals.get(key)))
    return [{ caption: context.say('targets_caption', { area: nameOf(context, root) }), lines }]
  })
}

export const rootsOf = (areas: readonly AreaRow[]): AreaRow[] => areas.filter(area => area.parent === undefined)

const lineFor = (
  context: PageContext,
  names: TargetNames,
  key: string,
  share: Share | undefined,
  goalPct: number | undefined
): TargetLine => {
  const { say, formats } = context
  const goal = share?.goalPct ?? goalPct
  const base = {
    title: names.title(key),
    source: names.source(key),
    goal: goal === undefined ? '' : say('goal', { pct: formats.percent(goal) })
  }
  if (share === undefined) return { ...base, pct: say('computing'), atMost: '', bar: undefined, counts: [] }
  const count = (style: string, shape: string, word: string, verdict: string, n: number) => ({
    style,
    shape,
    word,
    n: formats.number(n),
    href: `${linkTo(context, '/', { target: key, verdict })}#schools`
  })
  return {
    ...base,
    pct: share.pct === undefined ? say('not_applicable') : formats.percent(share.pct),
    atMost: share.unknownN === 0 ? '' : say('at_most', { pct: formats.percent(share.hiPct) }),
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
