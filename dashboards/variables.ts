import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { DatabaseName, MeasurementName } from '../collector/sinks/influx/schema.ts'
import { sourceRef } from './chart.ts'
import { chosen, databaseOf, is, tagValues, type Condition } from './influxql.ts'
import { dataSources } from './tree/data-sources.ts'
import { both, type Words } from './words.ts'

export type Variable = VariableModel

/** What the SDK adds that Grafana 9.1 does not write. */
const plain = (model: Variable): Variable => {
  const extra = new Set(['id', 'auto', 'auto_min', 'auto_count'])
  return Object.fromEntries(Object.entries(model).filter(([key]) => !extra.has(key))) as unknown as Variable
}

/** Which data source: found by our name, so that nobody has to choose. */
const source = (database: DatabaseName): Variable => {
  const { name, uid } = dataSources[database]
  return plain(
    new DatasourceVariableBuilder(database)
      .label(both({ zh: '数据源', en: database }))
      .hide(2)
      .type('influxdb')
      .regex(`/^${name}$/`)
      .current({ selected: false, text: name, value: uid })
      .build()
  )
}
export const sources: readonly Variable[] = [source('raw'), source('rollup')]

interface Choice {
  readonly name: string
  readonly label: Words
  readonly from: MeasurementName
  readonly tag?: string
  readonly where?: readonly Condition[]
  /** `one`: exactly one; `any`: one or all of them, unrestricted; `some`: several, or all that there are. */
  readonly takes: 'one' | 'any' | 'some'
}

/** A choice among the ids that lie in the database; names.ts gives them names. `none` is never offered. */
const choice = ({ name, label, from, tag = name, where = [], takes }: Choice): Variable => {
  const query = tagValues(from, tag, where)
  const builder = new QueryVariableBuilder(name)
    .label(both(label))
    .datasource(sourceRef(databaseOf(from)))
    .query(query)
    .refresh(1)
    .sort(1)
    .multi(takes === 'some')
    .includeAll(takes !== 'one')
  if (takes === 'any') builder.allValue('.*').current({ selected: true, text: 'All', value: '$__all' })
  if (takes === 'some') builder.current({ selected: true, text: ['All'], value: ['$__all'] })
  return { ...plain(builder.build()), definition: query } as Variable
}

const inCity = [chosen('city')]
const inCounty = [chosen('city'), chosen('county')]
const inSchool = [...inCounty, chosen('school')]

export const city = choice({ name: 'city', label: { zh: '市', en: 'City' }, from: 'standing_1d', takes: 'any' })
export const county = choice({
  name: 'county',
  label: { zh: '旗县区', en: 'County' },
  from: 'standing_1d',
  where: inCity,
  takes: 'any'
})
const schools = {
  name: 'school',
  label: { zh: '学校', en: 'School' },
  from: 'standing_1d',
  where: inCounty
} as const
export const school = choice({ ...schools, takes: 'one' })
export const schoolOrAll = choice({ ...schools, takes: 'any' })
export const device = choice({
  name: 'device',
  label: { zh: '设备', en: 'Device' },
  from: 'host_1d',
  where: inSchool,
  takes: 'any'
})
/** Whose shares the tiles show: a city or province, so that a dashboard without names opens on all schools. With names every area is in the list. */
export const area = choice({
  name: 'area',
  label: { zh: '统计区域', en: 'Area' },
  from: 'target_1d',
  where: [...inCity, is('county', 'none'), is('group', 'none')],
  takes: 'one'
})
export const targets = choice({
  name: 'target',
  label: { zh: '指标', en: 'Targets' },
  from: 'target_1d',
  where: [chosen('area')],
  takes: 'some'
})
export const scope = choice({
  name: 'scope',
  label: { zh: '排名范围', en: 'Ranked in' },
  from: 'rank_1m',
  takes: 'one'
})
export const rankedTarget = choice({
  name: 'target',
  label: { zh: '指标', en: 'Target' },
  from: 'rank_1m',
  where: [chosen('scope')],
  takes: 'one'
})
