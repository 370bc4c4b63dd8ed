import { addDays, dayOf, dayStart } from '../../../../calendar/day.ts'
import type { TierTest } from '../../../../verdicts/uplink/tier-test.ts'
import type { PageContext } from '../../context.ts'
import { attemptTip } from './attempt-words.ts'
import { isFree, type Attempt } from './attempts.ts'
import { labelsApart, rangeOf, ticksOf } from './scale.ts'

/** Every test of thirty days against the line: x in percent of the width, y in pixels, so that text never shrinks on a narrow screen. */
export interface AttemptChart {
  readonly caption: string
  readonly height: number
  /** Where the days are written. */
  readonly footY: number
  readonly alt: string
  readonly ticks: readonly { readonly y: number; readonly text: string }[]
  readonly lines: readonly { readonly y: number; readonly textY: number; readonly text: string }[]
  readonly days: readonly { readonly x: string; readonly anchor: 'start' | 'middle' | 'end'; readonly text: string }[]
  readonly marks: readonly AttemptMark[]
  /** The lane of tests that measured no rate. */
  readonly unplaced: { readonly y: number; readonly text: string } | undefined
  /** The shapes that occur, with their words. */
  readonly key: readonly (AttemptMark & { readonly text: string })[]
  readonly axis: string
  readonly older: string | undefined
}
export interface AttemptMark {
  readonly x: string
  readonly y: number
  /** The interval around y, pixels; undefined when there is none. */
  readonly range: { readonly top: number; readonly bottom: number } | undefined
  readonly result: TierTest['result']
  readonly hollow: boolean
  readonly tip: string
}

export const chartDays = 30
const mostMarks = 200
const [top, bottom, height] = [10, 150, 174]
const laneHeight = 24

/** One direction's chart; undefined when it has no test. `attempts` are of the thirty days that end with `lastDay`, newest first. */
export const chartOf = (
  context: PageContext,
  attempts: readonly Attempt[],
  options: { readonly direction: TierTest['direction']; readonly lastDay: string }
): AttemptChart | undefined => {
  const { say, formats } = context
  const own = attempts.filter(({ test }) => test.direction === options.direction)
  if (own.length === 0) return undefined
  const shown = own.slice(0, mostMarks)
  const lines = [...new Set(shown.map(one => one.lineMbps))].toSorted((a, b) => b - a)
  const scale = rangeOf(
    shown.map(({ test }) => test),
    lines
  )
  const yOf = (mbps: number): number => {
    const share = (Math.min(scale.high, Math.max(scale.low, mbps)) - scale.low) / (scale.high - scale.low)
    return Math.round((bottom - share * (bottom - top)) * 10) / 10
  }
  const firstDay = addDays(options.lastDay, 1 - chartDays)
  const hasLane = shown.some(({ test }) => test.ipMbps === undefined)
  const footY = height + (hasLane ? laneHeight : 0)
  const laneY = bottom + laneHeight
  const lineLabels = labelsApart(lines.map(line => ({ y: yOf(line), text: formats.number(line) })))
  return {
    caption: say(options.direction === 'down' ? 'chart_down' : 'chart_up'),
    height: footY + 4,
    footY,
    alt: altOf(context, own, lines, [firstDay, options.lastDay]),
    ticks: ticksOf(scale)
      .map(tick => ({ y: yOf(tick), text: formats.number(tick) }))
      .filter(tick => lineLabels.every(label => Math.abs(label.textY - tick.y) >= 13)),
    lines: lineLabels,
    days: dayLabels(context, firstDay),
    marks: placed(shown, firstDay).map(({ attempt, x }) => markOf(context, attempt, x, yOf, laneY)),
    unplaced: hasLane ? { y: laneY, text: say('chart_unplaced') } : undefined,
    key: keyOf(context, shown),
    axis: scale.low === 0 ? say('chart_axis_zero') : say('chart_axis'),
    older: own.length > shown.length ? say('chart_older', { n: formats.number(mostMarks) }) : undefined
  }
}

const keyOf = ({ say, term }: PageContext, attempts: readonly Attempt[]): AttemptChart['key'] => {
  const shape = { x: '0', y: 0, range: undefined, tip: '' }
  const results = (['pass', 'fail', 'inconclusive'] as const)
    .filter(result => attempts.some(({ test }) => test.result === result))
    .map(result => ({ ...shape, result, hollow: false, text: term('test_result', result) }))
  return attempts.some(({ test }) => isFree(test))
    ? [...results, { ...shape, result: 'pass', hollow: true, text: say('chart_key_hollow') }]
    : results
}

const markOf = (
  context: PageContext,
  attempt: Attempt,
  x: string,
  yOf: (mbps: number) => number,
  laneY: number
): AttemptMark => {
  const { ipMbps, ipLoMbps, ipHiMbps, result } = attempt.test
  const y = ipMbps === undefined ? laneY : yOf(ipMbps)
  return {
    x,
    y,
    range:
      ipMbps === undefined || ipLoMbps === undefined || ipHiMbps === undefined
        ? undefined
        : { top: round(yOf(ipHiMbps) - y), bottom: round(yOf(ipLoMbps) - y) },
    result,
    hollow: isFree(attempt.test),
    tip: attemptTip(context, attempt)
  }
}

/** Each day is a column; the tests of one day stand side by side in it, in their order, because minutes apart they would cover each other. */
const placed = (attempts: readonly Attempt[], firstDay: string): { attempt: Attempt; x: string }[] => {
  const first = dayStart(firstDay)
  return [...Map.groupBy(attempts.toReversed(), ({ test }) => dayOf(test.atMs))].flatMap(([day, list]) => {
    const column = Math.round((dayStart(day) - first) / 86_400_000)
    return list.map((attempt, i) => ({ attempt, x: percent((column + (i + 0.5) / list.length) / chartDays) }))
  })
}

const dayLabels = ({ formats }: PageContext, firstDay: string): AttemptChart['days'] =>
  [0, 10, 20, chartDays - 1].map((column, i, all) => ({
    x: i === 0 ? '0%' : i === all.length - 1 ? '100%' : percent((column + 0.5) / chartDays),
    anchor: i === 0 ? 'start' : i === all.length - 1 ? 'end' : 'middle',
    text: formats.day(addDays(firstDay, column))
  }))

const altOf = (
  { say, formats }: PageContext,
  attempts: readonly Attempt[],
  lines: readonly number[],
  [from, to]: readonly [string, string]
): string => {
  const count = (result: TierTest['result']): string =>
    formats.number(attempts.filter(({ test }) => test.result === result).length)
  return say('chart_alt', {
    from: formats.day(from),
    to: formats.day(to),
    n: formats.number(attempts.length),
    pass: count('pass'),
    fail: count('fail'),
    inconclusive: count('inconclusive'),
    lines: lines.map(formats.number).join(say('separator'))
  })
}

const percent = (share: number): string => `${round(share * 100)}%`
const round = (value: number): number => Math.round(value * 10) / 10
