import type { Outcome } from '../../../../contract/reading.ts'
import type { PageContext } from '../context.ts'

/** A small trend: geometry for the SVG, and the same in words. */
export interface Spark {
  readonly width: number
  readonly height: number
  /** Polylines; a break in time is a break in the line. */
  readonly lines: readonly string[]
  /** Measurements with nothing beside them to join to. */
  readonly dots: readonly { readonly x: number; readonly y: number }[]
  /** When it failed, along the bottom. */
  readonly failures: readonly number[]
  readonly alt: string
  readonly range: string
}

export interface SparkPoint {
  readonly atMs: number
  readonly outcome: Outcome
  /** Undefined when the run measured none. */
  readonly value: number | undefined
}

export interface SparkOptions {
  readonly field: string
  readonly fromMs: number
  readonly toMs: number
  readonly everyMs: number
}

const width = 120
const height = 26
const columns = 96

/** Means of a quarter of an hour each. Undefined when nothing was measured and nothing failed. */
export const sparkOf = (
  { say, term, formats }: PageContext,
  points: readonly SparkPoint[],
  options: SparkOptions
): Spark | undefined => {
  const columnMs = (options.toMs - options.fromMs) / columns
  const inside = points.filter(point => point.atMs >= options.fromMs && point.atMs <= options.toMs)
  const columnOf = (point: SparkPoint): number =>
    Math.min(columns - 1, Math.floor((point.atMs - options.fromMs) / columnMs))
  const means = [...Map.groupBy(inside.filter(isMeasured), columnOf)]
    .map(([column, list]) => ({ column, mean: list.reduce((sum, point) => sum + point.value, 0) / list.length }))
    .toSorted((a, b) => a.column - b.column)
  const failed = [...new Set(inside.filter(point => point.outcome === 'failed').map(columnOf))]
  if (means.length === 0 && failed.length === 0) return undefined

  const lowest = means.reduce((least, { mean }) => Math.min(least, mean), Infinity)
  const highest = means.reduce((most, { mean }) => Math.max(most, mean), -Infinity)
  const xOf = (column: number): number => round(2 + (column * (width - 4)) / (columns - 1))
  const yOf = (mean: number): number =>
    round(highest === lowest ? height / 2 - 2 : height - 6 - ((mean - lowest) / (highest - lowest)) * (height - 9))
  // A check that runs once an hour leaves three columns empty without anything being lost; folding sends each 5 minutes at the latest.
  const longestStep = Math.max(1, Math.ceil((2 * Math.max(options.everyMs, 300_000)) / columnMs))
  const runs = runsOf(means, longestStep)
  const shown =
    means.length === 0
      ? undefined
      : { min: formats.figure(options.field, lowest), max: formats.figure(options.field, highest) }
  return {
    width,
    height,
    lines: runs
      .filter(run => run.length > 1)
      .map(run => run.map(({ column, mean }) => `${xOf(column)},${yOf(mean)}`).join(' ')),
    dots: runs
      .filter(run => run.length === 1)
      .flatMap(run => run.map(({ column, mean }) => ({ x: xOf(column), y: yOf(mean) }))),
    failures: failed.map(xOf),
    alt: say('trend_alt', {
      field: term('field', options.field),
      from: formats.at(options.fromMs),
      ...(shown ?? { min: '—', max: '—' })
    }),
    range: shown === undefined ? '' : shown.min === shown.max ? shown.min : `${shown.min} – ${shown.max}`
  }
}

const isMeasured = (point: SparkPoint): point is SparkPoint & { readonly value: number } => point.value !== undefined

interface Mean {
  readonly column: number
  readonly mean: number
}

const runsOf = (means: readonly Mean[], longestStep: number): Mean[][] => {
  const runs: Mean[][] = []
  for (const point of means) {
    const run = runs.at(-1)
    const before = run?.at(-1)
    if (run === undefined || before === undefined || point.column - before.column > longestStep) runs.push([point])
    else run.push(point)
  }
  return runs
}

const round = (value: number): number => Math.round(value * 10) / 10
