import type { PageContext } from '../context.ts'

/** Shares of the last periods as a small drawing and in words. */
export interface Trend {
  readonly width: number
  readonly height: number
  readonly line: readonly string[]
  readonly points: readonly {
    readonly x: number
    readonly y: number
    /** Up to here the share could be. Undefined when nothing is unknown. */
    readonly highY: number | undefined
    /** Carried over from the period before (vacation). */
    readonly carried: boolean
  }[]
  readonly alt: string
  readonly note: string
}

export interface TrendPoint {
  readonly period: string
  readonly pct: number | undefined
  readonly hiPct: number | undefined
  readonly carried: boolean
}

const width = 92
const height = 30
const edge = 5
/** Less than this apart, in percent, and noise would look like a cliff. */
const leastSpan = 10

/** Undefined with fewer than two periods of figures: one point is no trend. */
export const trendOf = (context: PageContext, points: readonly TrendPoint[]): Trend | undefined => {
  const { say, formats } = context
  const known = points.flatMap((point, i) =>
    point.pct === undefined ? [] : [{ ...point, i, pct: point.pct, hiPct: point.hiPct ?? point.pct }]
  )
  if (known.length < 2) return undefined
  const highest = known.reduce((most, point) => Math.max(most, point.hiPct), 0)
  const least = known.reduce((low, point) => Math.min(low, point.pct), 100)
  const span = Math.max(leastSpan, highest - least)
  const bottom = Math.min(least, 100 - span)
  const xOf = (i: number): number => round(edge + (i * (width - 2 * edge)) / Math.max(1, points.length - 1))
  const yOf = (pct: number): number => round(height - edge - ((pct - bottom) / span) * (height - 2 * edge))
  const runs: (typeof known)[] = []
  for (const point of known) {
    const run = runs.at(-1)
    if (run === undefined || run.at(-1)?.i !== point.i - 1) runs.push([point])
    else run.push(point)
  }
  const words = known.map(
    point =>
      `${formats.month(point.period)} ${formats.percent(point.pct)}${
        point.hiPct > point.pct ? ` ${say('at_most', { pct: formats.percent(point.hiPct) })}` : ''
      }${point.carried ? ` ${say('carried')}` : ''}`
  )
  return {
    width,
    height,
    line: runs
      .filter(run => run.length > 1)
      .map(run => run.map(point => `${xOf(point.i)},${yOf(point.pct)}`).join(' ')),
    points: known.map(point => ({
      x: xOf(point.i),
      y: yOf(point.pct),
      highY: point.hiPct > point.pct ? yOf(point.hiPct) : undefined,
      carried: point.carried
    })),
    alt: words.join(say('separator')),
    note: changeText(context, known)
  }
}

/** Against the last period that was not carried over. */
const changeText = (
  { say, formats }: PageContext,
  known: readonly { readonly pct: number; readonly hiPct: number; readonly carried: boolean }[]
): string => {
  const last = known.at(-1)
  if (last === undefined) return ''
  if (last.carried) return say('carried')
  const before = known.slice(0, -1).findLast(point => !point.carried)
  if (before === undefined) return ''
  // Of the figures as they are shown, so that a reader who subtracts finds the same.
  const change = hundredths(last.pct) - hundredths(before.pct)
  // A share that is lower only because less is known yet has not fallen.
  if (change < 0 && last.hiPct >= before.pct) return say('trend_open')
  if (change === 0) return say('trend_same')
  return say('trend_change', { n: `${change > 0 ? '+' : '−'}${formats.decimals(Math.abs(change) / 100, 2)}` })
}

const hundredths = (value: number): number => Math.round(value * 100)
const round = (value: number): number => Math.round(value * 10) / 10
