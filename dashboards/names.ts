import type { Board, Mapping, Override, Panel, Variable } from './board.ts'

/** What the ledger calls the ids that lie in InfluxDB. */
export interface Names {
  /** In the order of the tree, the top first. */
  readonly areas: readonly {
    readonly id: string
    readonly name: string
    readonly level: string
    /** Are its parts ranked? The bulletin ranks where two or more of them have schools. */
    readonly ranks: boolean
  }[]
  readonly schools: ReadonlyMap<string, string>
  /** Schools as drop-downs list them: area by area in the order of the tree, the county in front of the name. */
  readonly schoolList: readonly { readonly id: string; readonly name: string }[]
  readonly rooms: ReadonlyMap<string, string>
  readonly devices: ReadonlyMap<string, string>
  /** Only targets that are in force somewhere in this ledger: the tiles of the overview are made of them. */
  readonly targets: readonly { readonly id: string; readonly name: string }[]
}

/** More names than this would make a dashboard too heavy to open: their ids show. */
const mostNames = 5_000
const composite = { id: 'composite', name: '综合 Composite' }

/**
 * The same dashboard for one bureau: drop-downs of areas, schools and targets, legends and table cells say 榆阳区 where InfluxDB holds an id. Pure; the board
 * that comes in stays as it is. Links keep working, because they take the raw value of a cell.
 */
export const withNames = (board: Board, names: Names): Board => {
  const columns = columnNames(names)
  return {
    ...board,
    templating: { list: alone(board.templating.list.map(variable => namedVariable(variable, names))) },
    panels: board.panels.map(panel => namedPanel(panel, columns))
  }
}

type Columns = ReadonlyMap<string, ReadonlyMap<string, string>>

const columnNames = ({ areas, schools, rooms, devices, targets }: Names): Columns => {
  const areaNames = new Map(areas.map(({ id, name }) => [id, name]))
  const all: [string, ReadonlyMap<string, string>][] = [
    ['area', areaNames],
    ['county', areaNames],
    ['school', schools],
    ['room', rooms],
    ['device', devices],
    ['target', new Map([...targets, composite].map(({ id, name }) => [id, name]))]
  ]
  return new Map(all.filter(([, names]) => names.size > 0 && names.size <= mostNames))
}

const namedPanel = (panel: Panel, columns: Columns): Panel => {
  const overrides = panel.fieldConfig.overrides.map(override => {
    const names = override.matcher.id === 'byName' ? columns.get(override.matcher.options) : undefined
    return names === undefined
      ? override
      : { ...override, properties: [...override.properties, { id: 'mappings', value: [mappingOf(names)] }] }
  })
  return {
    ...panel,
    fieldConfig: { ...panel.fieldConfig, overrides: [...overrides, ...legends(panel, columns)] }
  }
}

const mappingOf = (names: ReadonlyMap<string, string>): Mapping => ({
  type: 'value',
  options: Object.fromEntries([...names].map(([id, text], index) => [id, { text, index }]))
})

/** Series that are called after one area or target, by an alias such as `目标 Goal $tag_target`. */
const legends = (panel: Panel, columns: Columns): Override[] =>
  panel.targets.flatMap(({ alias = '' }) => {
    const [, before = '', tag = ''] = /^([^$]*)\$tag_(area|county|target)$/.exec(alias) ?? []
    return [...(columns.get(tag) ?? [])].map(([id, name]) => ({
      matcher: { id: 'byName', options: `${before}${id}` },
      properties: [{ id: 'displayName', value: `${before}${plain(name)}` }]
    }))
  })

interface Option {
  readonly id: string
  readonly name: string
}

/** A list of names instead of a query for ids; `device` goes on following the choice of a school. */
const namedVariable = (variable: Variable, { areas, schoolList, targets }: Names): Variable => {
  const ofLevel = (level: string): readonly Option[] => areas.filter(area => area.level === level)
  const options: Readonly<Record<string, readonly Option[]>> = {
    city: ofLevel('city'),
    county: ofLevel('county'),
    area: areas,
    school: schoolList.length > mostNames ? [] : schoolList,
    scope: areas.filter(area => area.ranks),
    target: variable.multi ? targets : [composite, ...targets]
  }
  const chosen = variable.type === 'query' ? (options[variable.name] ?? []) : []
  return chosen.length === 0 || (variable.name === 'target' && targets.length === 0)
    ? variable
    : listOf(variable, chosen)
}

/**
 * Where one school is chosen out of the list of all, its city and county are no question: they would narrow nothing, and one that a link brought along
 * would contradict the school that is chosen next.
 */
const alone = (list: readonly Variable[]): Variable[] => {
  const isList = list.some(({ name, type, includeAll }) => name === 'school' && type === 'custom' && !includeAll)
  const above = new Set(['city', 'county'])
  return list.map(one => (isList && above.has(one.name) ? { ...one, hide: 2, skipUrlSync: true } : one))
}

/** In lists and titles Grafana fills in variables: a name has none. */
const plain = (name: string): string => name.replaceAll('$', '＄').replaceAll('[[', '[ [')

const listOf = (variable: Variable, options: readonly Option[]): Variable => {
  const asked = new Set(['datasource', 'definition', 'refresh', 'regex', 'sort'])
  const rest = Object.fromEntries(Object.entries(variable).filter(([key]) => !asked.has(key))) as unknown as Variable
  const all = variable.includeAll ? [{ selected: true, text: 'All', value: '$__all' }] : []
  const listed = options.map(({ id, name }, i) => ({
    selected: all.length === 0 && i === 0,
    text: plain(name),
    value: id
  }))
  const [first] = listed
  return {
    ...rest,
    type: 'custom',
    query: options.map(({ id, name }) => `${plain(name).replaceAll(',', '\\,')} : ${id}`).join(', '),
    options: [...all, ...listed],
    current: variable.includeAll
      ? variable.current
      : { selected: true, text: first?.text ?? '', value: first?.value ?? '' }
  }
}
