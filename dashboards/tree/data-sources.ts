import type { DatabaseName } from '../../collector/sinks/influx/schema.ts'

export interface DataSource {
  /** Dashboards, alert rules and links hang on it: never changes. */
  readonly uid: string
  readonly name: string
  /** How far apart its points are at least: the smallest `$__interval`. */
  readonly every: string
}

/** An InfluxQL data source of Grafana is bound to one database: there are two. */
export const dataSources: Readonly<Record<DatabaseName, DataSource>> = {
  raw: { uid: 'campus-gauge-influxdb', name: 'campus-gauge', every: '5m' },
  rollup: { uid: 'campus-gauge-influxdb-rollup', name: 'campus-gauge rollup', every: '1d' }
}

export type Generation = 1 | 2 | 3

/** Environment variables of Grafana that the file reads. Braces on purpose: only then may a value itself be `$__file{/run/secrets/…}`. */
export const variables = {
  url: 'CAMPUS_GAUGE_INFLUX_URL',
  user: 'CAMPUS_GAUGE_INFLUX_USER',
  password: 'CAMPUS_GAUGE_INFLUX_PASSWORD',
  token: 'CAMPUS_GAUGE_INFLUX_TOKEN'
} as const

const defaultNames: Readonly<Record<DatabaseName, string>> = { raw: 'readiness', rollup: 'readiness_rollup' }

/**
 * The data sources in the shape of a provisioning file. Generation 1 signs in with the account that may only read; 2 speaks InfluxQL through its
 * DBRP mappings with a read token; 3 Core the same at its `/query` (by their documentation; neither was ever run with this file).
 */
export const dataSourceFile = (generation: Generation, names = defaultNames): unknown => ({
  apiVersion: 1,
  datasources: (['raw', 'rollup'] as const).map(database => ({
    name: dataSources[database].name,
    uid: dataSources[database].uid,
    orgId: 1,
    type: 'influxdb',
    access: 'proxy',
    url: `\${${variables.url}}`,
    // Grafana 9 reads `database`, newer ones `dbName`.
    database: names[database],
    ...(generation === 1 ? { user: `\${${variables.user}}` } : {}),
    jsonData: {
      version: 'InfluxQL',
      dbName: names[database],
      // Names of all schools in one expression are longer than an address may be.
      httpMode: 'POST',
      timeInterval: dataSources[database].every,
      ...(generation === 1 ? {} : { httpHeaderName1: 'Authorization' })
    },
    secureJsonData:
      generation === 1
        ? { password: `\${${variables.password}}` }
        : { httpHeaderValue1: `Token \${${variables.token}}` },
    editable: false
  }))
})
