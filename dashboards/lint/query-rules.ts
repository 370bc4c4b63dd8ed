import type { Board, Panel } from '../board.ts'
import { parseQuery, queryFaults } from '../grammar.ts'
import { databaseNamed, queriesOf, type Query } from '../queries.ts'
import { quoted, twice, type Ground, type Rules } from './rule.ts'

/** Queries: data source by variable, grammar, fields and tags that exist, variables that exist, and old days from rollups. */
export const queryRules: Rules = {
  ofBoard: ({ board }) => {
    // What asks an unknown data source cannot be held against a database.
    const lost = new Set([
      ...board.templating.list
        .filter(one => databaseNamed(one.datasource?.uid) === undefined)
        .map(one => `variable ${one.name}`),
      ...board.annotations.list
        .filter(one => databaseNamed(one.datasource.uid) === undefined)
        .map(one => `annotation ${one.name}`)
    ])
    return [
      ...(['raw', 'rollup'] as const)
        .filter(name => !board.templating.list.some(known => known.name === name && known.type === 'datasource'))
        .map(
          name => `must have the data source variable ${name}, got ${quoted(board.templating.list.map(v => v.name))}`
        ),
      ...board.templating.list
        .filter(variable => variable.type === 'query')
        .flatMap((variable, _, all) => [
          ...sourceFaults(variable.datasource?.uid).map(says => `variable ${variable.name} ${says}`),
          ...(variable.query.includes(`= "${keyOf(variable.query)}" WHERE "${keyOf(variable.query)}" != 'none'`)
            ? []
            : [`variable ${variable.name} must not offer none, got ${quoted(variable.query)}`]),
          ...(parseQuery(variable.query)?.variables ?? [])
            .filter(name => !all.slice(0, all.indexOf(variable)).some(before => before.name === name))
            .map(name => `variable ${variable.name} must follow variables that stand before it, got ${name}`)
        ]),
      ...board.annotations.list.flatMap(annotation => [
        ...sourceFaults(annotation.datasource.uid).map(says => `annotation ${annotation.name} ${says}`),
        ...(annotation.target.query === annotation.query
          ? []
          : [`annotation ${annotation.name} must ask the same in its target, got ${quoted(annotation.target.query)}`])
      ]),
      ...queriesOf(board)
        .filter(query => query.kind !== 'chart' && !lost.has(`${query.kind} ${query.chart}`))
        .flatMap(query => faultsOf(query, board).map(says => `${query.kind} ${query.chart} ${says}`))
    ]
  },
  ofPanel: (panel, ground) => [
    ...sourceFaults(panel.datasource.uid),
    ...(panel.targets.length === 0 ? ['must have a query, got none'] : []),
    ...twice(panel.targets.map(target => target.refId)).map(id => `must name its queries apart, got ${id} twice`),
    ...panel.targets.flatMap(target => targetFaults(panel, target, ground)),
    ...rangeFaults(panel, ground)
  ]
}

const targetFaults = (panel: Panel, target: Panel['targets'][number], { board }: Ground): string[] => [
  ...sourceFaults(target.datasource.uid),
  ...(/ FROM "\w+_1d" .* time\((?!1d\))/.test(target.query)
    ? [
        `must have windows of a day for figures of days, got ${target.refId}: ${target.query.replace(/^.* GROUP BY /, '')}`
      ]
    : []),
  ...(target.rawQuery ? [] : [`must have raw queries, got rawQuery false of ${target.refId}`]),
  ...(databaseNamed(target.datasource.uid) === undefined
    ? []
    : queriesOf({ ...board, panels: [{ ...panel, targets: [target] }] })
        .filter(query => query.kind === 'chart')
        .flatMap(query => faultsOf(query, board)))
]

/** Raw readings may be gone after a while, and 3 Core reads few hours of them in one query. */
const rangeFaults = (panel: Panel, { board }: Ground): string[] => {
  const from = panel.timeFrom === undefined ? board.time.from : `now-${panel.timeFrom}`
  return panel.targets.some(target => databaseNamed(target.datasource.uid) === 'raw') && !withinDay(from)
    ? [`must ask rollups for more than a day, got ${from} of raw`]
    : []
}

const sourceFaults = (uid: string | undefined): string[] =>
  databaseNamed(uid) === undefined ? [`must use the data source \${raw} or \${rollup}, got ${quoted(uid)}`] : []

const faultsOf = (query: Query, board: Board): string[] => [
  ...queryFaults(query.query, query.database),
  ...query.variables
    .filter(name => !board.templating.list.some(variable => variable.name === name))
    .map(name => `must use variables of its dashboard, got ${name}`)
]

const keyOf = (query: string): string => /WITH KEY = "(\w+)"/.exec(query)?.[1] ?? ''

const hours: Readonly<Record<string, number>> = { s: 1 / 3600, m: 1 / 60, h: 1, d: 24 }
/** Of what Grafana writes as `now-24h`. */
const withinDay = (from: string): boolean => {
  const [, count = '', unit = ''] = /^now-(\d+)([smhd])$/.exec(from) ?? []
  return Number(count) * (hours[unit] ?? Number.POSITIVE_INFINITY) <= 24
}
