import type { Share } from '../../../verdicts/verdict.ts'
import type { PageContext } from '../context.ts'

/** Geometry of a share bar in percent of its width, and its words. */
export interface ShareBar {
  readonly alt: string
  readonly parts: readonly {
    readonly style: 'met' | 'unknown' | 'missed'
    readonly x: string
    readonly width: string
  }[]
  /** Undefined where the document sets no goal. */
  readonly goalX: string | undefined
}

/** Undefined when the target applies to no school. */
export const shareBar = ({ say, formats }: PageContext, share: Share): ShareBar | undefined => {
  if (share.totalN === 0) return undefined
  const of = (n: number): number => (100 * n) / share.totalN
  const part = (style: 'met' | 'unknown' | 'missed', from: number, n: number) =>
    n === 0 ? [] : [{ style, x: css(of(from)), width: css(of(n)) }]
  return {
    alt: say('share_alt', {
      met: formats.number(share.metN),
      unknown: formats.number(share.unknownN),
      missed: formats.number(share.missedN),
      goal: share.goalPct === 0 ? say('none') : formats.percent(share.goalPct)
    }),
    parts: [
      ...part('met', 0, share.metN),
      ...part('unknown', share.metN, share.unknownN),
      ...part('missed', share.metN + share.unknownN, share.missedN)
    ],
    goalX: share.goalPct === 0 ? undefined : css(share.goalPct)
  }
}

const css = (percent: number): string => `${percent.toFixed(2).replace(/\.?0+$/, '')}%`
