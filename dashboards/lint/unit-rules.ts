import { specOf } from '../../collector/sinks/influx/schema.ts'
import { propertyOf, type Panel } from '../board.ts'
import { parseQuery } from '../grammar.ts'
import { quoted, type Rules } from './rule.ts'

/** What is measured keeps the unit that it lies there with; counts, flags and codes have none. */
const measured = ['percent', 's', 'ms', 'Mbits', 'bytes']

export const unitRules: Rules = {
  ofPanel: panel =>
    // Bars stand over words: the number is a name there.
    panel.type === 'barchart' ? [] : panel.targets.flatMap(({ query }) => columnsOf(query).flatMap(faultOf(panel)))
}

interface Column {
  readonly field: string
  readonly as: string
  readonly unit: string
}

const columnsOf = (query: string): Column[] => {
  const fields = specOf(parseQuery(query)?.from ?? '')?.fields ?? {}
  const [columns = ''] = query.split(' FROM ')
  return [...columns.matchAll(/"(\w+)"(?:, \d+)?\)?(?: AS "(\w+)")?/g)].map(([, field = '', as = field]) => ({
    field,
    as,
    unit: fields[field]?.unit ?? ''
  }))
}

const faultOf =
  ({ fieldConfig: { defaults, overrides } }: Panel) =>
  ({ field, as, unit }: Column): string[] => {
    const own = overrides.find(one => one.matcher.id === 'byName' && one.matcher.options === as)
    const shown = (own === undefined ? undefined : propertyOf(own, 'unit')) ?? defaults.unit
    // No unit at all is another rule's.
    return !measured.includes(unit) || shown === unit || shown === ''
      ? []
      : [`must show "${field}" in ${unit}, got ${quoted(shown)}`]
  }
