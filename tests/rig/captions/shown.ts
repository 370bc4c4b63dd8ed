import type { Board, Mapping, Panel } from '../../../dashboards/board.ts'
import { propertyOf } from '../../../dashboards/board.ts'
import type { Answer } from '../influxql/evaluate.ts'

export type Cell = number | string | null
/** What a person reads in a chart: rows by what names them, cells by the titles above them. */
export type Shown = ReadonlyMap<string, Readonly<Record<string, Cell>>>

/** What stands before the cells of a row: titles and texts, in an order that depends on none. */
export const nameOf = (parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts)
    .map(([title, text]) => `${title}=${text}`)
    .sort()
    .join(' ')
/** A moment of a series. */
export const momentOf = (series: string, atMs: number): string => `${series} @ ${new Date(atMs).toISOString()}`

/** Writes an answer down as Grafana draws it: hidden columns left out, titles for names, words for codes. */
export const shownOf = (panel: Panel, refId: string, answers: readonly Answer[]): Shown => {
  const target = panel.targets.find(one => one.refId === refId)
  if (target === undefined) throw new Error(`chart ${panel.id} must have a query ${refId}`)
  return target.resultFormat === 'time_series' ? seriesOf(panel, target.alias ?? '', answers) : rowsOf(panel, answers)
}

const rowsOf = (panel: Panel, answers: readonly Answer[]): Shown => {
  const kept = panel.transformations.find(({ id }) => id === 'filterFieldsByName')?.options['include']
  const names = (kept as { names: string[] } | undefined)?.names
  const isKept = (name: string): boolean => names?.includes(name) ?? name !== 'Time'
  return new Map(
    answers.flatMap(({ tags, columns, rows }) =>
      rows.map(([time, ...cells]) => {
        const named = Object.entries(tags).filter(([tag]) => isKept(tag))
        const head = nameOf({
          ...Object.fromEntries(named.map(([tag, id]) => [titleOf(panel, tag), String(wordOf(panel, tag, id))])),
          ...(isKept('Time') ? { [titleOf(panel, 'Time')]: new Date(Number(time)).toISOString() } : {})
        })
        const figures = columns.slice(1).map((name, i) => ({ name, cell: cells[i] ?? null }))
        return [
          head,
          Object.fromEntries(
            figures
              .filter(({ name }) => isKept(name))
              .map(({ name, cell }) => [titleOf(panel, name), wordOf(panel, name, cell)])
          )
        ] as const
      })
    )
  )
}

const seriesOf = (panel: Panel, alias: string, answers: readonly Answer[]): Shown =>
  new Map(
    answers.flatMap(({ tags, columns, rows }) =>
      columns.slice(1).flatMap((column, i) => {
        const name = alias
          .replaceAll(/\$tag_(\w+)/g, (_, tag: string) => tags[tag] ?? '')
          .replace('$col', titleOf(panel, column))
        return rows.flatMap(([time, ...cells]) => {
          const cell = cells[i] ?? null
          return cell === null ? [] : [[momentOf(name, Number(time)), { '': wordOf(panel, column, cell) }] as const]
        })
      })
    )
  )

const own = ({ fieldConfig }: Panel, name: string) =>
  fieldConfig.overrides.find(({ matcher }) => matcher.id === 'byName' && matcher.options === name)

const titleOf = (panel: Panel, name: string): string => {
  const override = own(panel, name)
  return (override === undefined ? undefined : (propertyOf(override, 'displayName') as string | undefined)) ?? name
}

const wordOf = (panel: Panel, name: string, cell: Cell): Cell => {
  const override = own(panel, name)
  const mappings =
    (override === undefined ? undefined : (propertyOf(override, 'mappings') as Mapping[] | undefined)) ??
    panel.fieldConfig.defaults.mappings
  return mappings.map(({ options }) => options[String(cell)]?.text).find(text => text !== undefined) ?? cell
}

export const panelOf = (board: Board, id: number): Panel => {
  const panel = board.panels.find(one => one.id === id)
  if (panel === undefined) throw new Error(`${board.uid} must have a chart ${id}`)
  return panel
}
