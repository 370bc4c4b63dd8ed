import type { DataLink } from './chart.ts'

/** Stable for ever: bookmarks, alerts and the documents of bureaus hang on them. */
export const uids = {
  overview: 'cg-overview',
  school: 'cg-school',
  bandwidth: 'cg-bandwidth',
  rooms: 'cg-rooms',
  ranking: 'cg-ranking',
  pipeline: 'cg-pipeline'
} as const
export type DashboardName = keyof typeof uids

/**
 * A link on the column of an id: sets the variable `sets` to the id behind the name in the cell, takes the others of the chain along, and the time.
 * The raw value, because what a cell shows may be a name.
 */
export const onId = (
  to: DashboardName,
  title: string,
  sets: readonly string[],
  carries: readonly string[] = []
): DataLink => ({
  title,
  url: `/d/${uids[to]}?${[
    ...sets.map(name => `var-${name}=\${__value.raw:percentencode}`),
    ...carries.map(name => `\${${name}:queryparam}`),
    '${__url_time_range}'
  ].join('&')}`
})

/** A link from anywhere in a chart, with the variables that both have. */
export const onChart = (to: DashboardName, title: string, carries: readonly string[]): DataLink => ({
  title,
  url: `/d/${uids[to]}?${[...carries.map(name => `\${${name}:queryparam}`), '${__url_time_range}'].join('&')}`
})
