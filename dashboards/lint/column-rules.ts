import type { Link, Panel } from '../board.ts'
import { propertyOf } from '../board.ts'
import { quoted, type Rules } from './rule.ts'

/** What tables name is there: a column that no query gives is a column that nobody sees, and a sort by it sorts nothing. */
export const columnRules: Rules = {
  ofPanel: panel => {
    if (panel.targets.length === 0 || panel.targets.some(({ resultFormat }) => resultFormat !== 'table')) return []
    const there = columnsOf(panel)
    const strange = (what: string, names: readonly string[]): string[] =>
      names.filter(name => !there.has(name)).map(name => `must have the column that ${what} names, got no ${name}`)
    const titles = new Set([...there].map(name => titleOf(panel, name)))
    return [
      ...panel.transformations.flatMap(({ id, options }) => strange(id, namedBy(id, options))),
      ...strange(
        'a look',
        panel.fieldConfig.overrides
          .filter(({ matcher }) => matcher.id === 'byName')
          .map(({ matcher }) => matcher.options)
      ),
      ...sortsOf(panel)
        .filter(name => !titles.has(name))
        .map(name => `must sort by the title of a column, got ${quoted(name)}`),
      ...linkFaults(panel)
    ]
  }
}

/** As Grafana names them: the time, the tags a query groups by, the columns by their `AS`; and what `groupBy` makes of them. */
const columnsOf = (panel: Panel): ReadonlySet<string> => {
  const given = panel.targets.flatMap(({ query }) => {
    const [, by = ''] = / GROUP BY (.*)$/.exec(query) ?? []
    const [columns = ''] = query.split(' FROM ')
    return [
      'Time',
      ...[...by.matchAll(/"(\w+)"/g)].map(match => match[1] ?? ''),
      ...columns.split(', ').map(column => /"(\w+)"$/.exec(column)?.[1] ?? '')
    ]
  })
  const grouped = panel.transformations
    .filter(({ id }) => id === 'groupBy')
    .flatMap(({ options }) =>
      Object.entries((options['fields'] ?? {}) as Record<string, { aggregations: string[] }>).flatMap(
        ([name, { aggregations }]) => aggregations.map(figure => `${name} (${figure})`)
      )
    )
  return new Set([...given, ...grouped])
}

/** Only the transformations that our tables use. */
const namedBy = (id: string, options: Record<string, unknown>): string[] => {
  const keys = (name: string): string[] => Object.keys(options[name] ?? {})
  switch (id) {
    case 'filterFieldsByName':
      return (options['include'] as { names: string[] }).names
    case 'organize':
      return [...keys('excludeByName'), ...keys('indexByName'), ...keys('renameByName')]
    case 'filterByValue':
      return (options['filters'] as { fieldName: string }[]).map(({ fieldName }) => fieldName)
    case 'groupBy':
      return keys('fields')
    default:
      return []
  }
}

const titleOf = (panel: Panel, name: string): unknown => {
  const own = panel.fieldConfig.overrides.find(({ matcher }) => matcher.options === name)
  return (own === undefined ? undefined : propertyOf(own, 'displayName')) ?? name
}

const sortsOf = (panel: Panel): string[] =>
  ((panel.options['sortBy'] ?? []) as { displayName: string }[]).map(({ displayName }) => displayName)

/** The variable `area` takes areas of any level. */
const takes = (variable: string, column: string): boolean =>
  variable === column || (variable === 'area' && column === 'county')

/** `__value` is what stands in the link's own column. */
const linkFaults = (panel: Panel): string[] =>
  panel.fieldConfig.overrides.flatMap(one =>
    ((propertyOf(one, 'links') ?? []) as Link[]).flatMap(({ url }) =>
      [...url.matchAll(/var-(\w+)=\$\{__value\.raw/g)]
        .map(match => match[1] ?? '')
        .filter(variable => !takes(variable, one.matcher.options))
        .map(variable => `must set ${variable} from its own column, got it from ${one.matcher.options}`)
    )
  )
