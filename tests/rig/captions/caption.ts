import type { Held } from '../influxql/evaluate.ts'
import type { Choices } from '../influxql/grafana.ts'
import { momentOf, nameOf, type Cell, type Shown } from './shown.ts'

/** One figure of many values, and the words for it if it is a code. */
export interface Figure {
  readonly of: (values: readonly number[]) => number | undefined
  readonly field: string
  readonly words: readonly string[]
}
type Of = Figure['of']
const figure =
  (of: Of) =>
  (field: string, words: readonly string[] = []): Figure => ({ of, field, words })
const total: Of = values => (values.length === 0 ? undefined : values.reduce((sum, one) => sum + one, 0))
/** The hundredth part of the values below which lies the one that is wanted: the nearest rank. */
const ranked =
  (percent: number): Of =>
  values =>
    values.toSorted((a, b) => a - b)[Math.floor((values.length * percent) / 100 + 0.5) - 1]

export const newest = figure(values => values.at(-1))
export const sum = figure(total)
export const largest = figure(values => (values.length === 0 ? undefined : Math.max(...values)))
export const average = figure(values => {
  const all = total(values)
  return all === undefined ? undefined : all / values.length
})
export const rank = (percent: number, field: string): Figure => figure(ranked(percent))(field)

/**
 * What a chart is about, as a person would say it who looks at titles only: of which points, how far back, whose, and which figure stands under
 * which title. Written without a look at its query: a query that asks for something else under the same title agrees with itself, and not with this.
 */
export interface Caption {
  /** Dashboard, chart, query. */
  readonly at: `${string} ${number} ${string}`
  readonly points: string
  readonly hours: number
  readonly where?: (tags: Held['tags']) => boolean
  /** Tags that must be what a variable of that name was set to. */
  readonly chosen?: readonly string[]
  /** Titles of what names a row, and its tags; words for ids where there are some. */
  readonly rows?: Readonly<Record<string, string>>
  readonly ids?: Readonly<Record<string, string>>
  /** A row for each point, under the title of its day; or the day of the newest one, by the field that it has. */
  readonly eachDay?: string
  readonly lastDay?: readonly [title: string, field: string]
  readonly shows?: Readonly<Record<string, Figure>>
  /** Lines instead of rows: the name of each, and how wide a window is, minutes. */
  readonly lines?: readonly { readonly name: (tags: Held['tags']) => string; readonly figure: Figure }[]
  readonly minutes?: number
}

const minuteMs = 60_000
const shanghaiMs = 480 * minuteMs

/** `all`: the points of its measurement. */
export const wanted = (caption: Caption, all: readonly Held[], choices: Choices, nowMs: number): Shown => {
  const { hours, where = () => true, chosen = [], shows = {}, lines } = caption
  const fromMs = nowMs - hours * 60 * minuteMs
  const points = all
    .filter(
      ({ tags, atMs }) => atMs >= fromMs && where(tags) && chosen.every(tag => isChosen(choices, tag, tags[tag] ?? ''))
    )
    .sort((a, b) => a.atMs - b.atMs || a.offsetNs - b.offsetNs)
  if (lines !== undefined) return linesOf(caption, points)
  const rows = Map.groupBy(points, point => nameOf(rowOf(caption, point)))
  return new Map(
    [...rows.values()].flatMap(group => {
      const name = nameOf({ ...group.map(point => rowOf(caption, point))[0], ...lastDayOf(caption, group) })
      const cells = Object.entries(shows).map(([title, one]) => [title, cellOf(one, group)] as const)
      return cells.every(([, cell]) => cell === null) ? [] : [[name, Object.fromEntries(cells)] as const]
    })
  )
}

const rowOf = ({ rows = {}, ids = {}, eachDay }: Caption, { tags, atMs }: Held): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(rows).map(([title, tag]) => [title, ids[tags[tag] ?? ''] ?? tags[tag] ?? ''])),
  ...(eachDay === undefined ? {} : { [eachDay]: new Date(atMs).toISOString() })
})

const lastDayOf = ({ lastDay: [title, field] = ['', ''] }: Caption, group: readonly Held[]): Record<string, string> => {
  const last = group.findLast(({ fields }) => fields[field] !== undefined)
  return last === undefined ? {} : { [title]: new Date(last.atMs).toISOString() }
}

const linesOf = ({ lines = [], minutes }: Caption, points: readonly Held[]): Shown => {
  const windowOf = (atMs: number): number => {
    if (minutes === undefined) return atMs
    const wideMs = minutes * minuteMs
    return Math.floor((atMs + shanghaiMs) / wideMs) * wideMs - shanghaiMs
  }
  return new Map(
    lines.flatMap(({ name, figure: one }) =>
      [...Map.groupBy(points, ({ tags, atMs }) => momentOf(name(tags), windowOf(atMs)))].flatMap(([moment, group]) => {
        const cell = cellOf(one, group)
        return cell === null ? [] : [[moment, { '': cell }] as const]
      })
    )
  )
}

const cellOf = ({ of, field, words }: Figure, group: readonly Held[]): Cell => {
  const value = of(group.flatMap(({ fields }) => fields[field] ?? []))
  return value === undefined ? null : (words[value] ?? value)
}

/** All of a list without restriction is everything; else it is one of the chosen, or of the options. */
export const isChosen = (choices: Choices, name: string, id: string): boolean => {
  const choice = choices.get(name)
  if (choice === undefined) throw new Error(`there must be a variable ${name}`)
  if (choice.chosen === undefined && choice.variable.allValue === '.*') return true
  return (choice.chosen ?? choice.options).includes(id)
}
