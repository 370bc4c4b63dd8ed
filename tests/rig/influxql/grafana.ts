/** What Grafana makes of a dashboard file: choices of variables, time ranges, queries ready to be sent. Written from Grafana's documentation, not from our builder. */
export interface DashboardFile {
  readonly uid: string
  readonly title: string
  readonly time: { readonly from: string; readonly to: string }
  readonly templating: { readonly list: readonly VariableFile[] }
  readonly annotations: { readonly list?: readonly AnnotationFile[] }
  readonly panels: readonly PanelFile[]
}
export interface VariableFile {
  readonly name: string
  readonly type: string
  readonly query: string
  readonly current: { readonly value: string | readonly string[] }
  readonly datasource?: { readonly uid: string }
  readonly allValue?: string
  readonly includeAll?: boolean
  readonly multi?: boolean
}
interface AnnotationFile {
  readonly name: string
  readonly datasource: { readonly uid: string }
  readonly query?: string
}
interface PanelFile {
  readonly id: number
  readonly title: string
  readonly timeFrom?: string
  readonly interval?: string
  readonly repeat?: string
  readonly targets?: readonly {
    readonly refId: string
    readonly query: string
    readonly datasource: { readonly uid: string }
  }[]
}

/** Values of a variable: one, several, or all that it has. */
export interface Choice {
  readonly variable: VariableFile
  readonly options: readonly string[]
  /** Undefined: All. */
  readonly chosen: readonly string[] | undefined
}
export type Choices = ReadonlyMap<string, Choice>

/** A query as it is sent, and where it stands. */
export interface Sent {
  readonly dashboard: string
  readonly chart: string
  readonly refId: string
  readonly database: 'raw' | 'rollup'
  readonly query: string
  /** As it stands in the file. */
  readonly written: string
  /** With which it was filled in: a repeated chart has one value of its variable. */
  readonly choices: Choices
}

/** `${name:regex}` and `$__…` filled in. Throws when a variable is left. */
export const fillIn = (query: string, choices: Choices, range: Range, intervalMs: number): string => {
  const filled = query
    .replaceAll('$timeFilter', `time >= ${range.fromMs}ms and time <= ${range.toMs}ms`)
    .replaceAll('$__interval', `${intervalMs / 1_000}s`)
    .replaceAll(/\$\{(\w+):regex\}/g, (_, name: string) => asRegex(choices.get(name), name))
  // What is left of dollars ends a regular expression.
  if (filled.replaceAll('$/', '').includes('$')) throw new Error(`a query must have no variable left, got ${filled}`)
  return filled
}

const asRegex = (choice: Choice | undefined, name: string): string => {
  if (choice === undefined) throw new Error(`variable ${name} must stand before what uses it`)
  const { variable, options, chosen } = choice
  if (chosen === undefined && variable.allValue !== undefined) return variable.allValue
  const values = (chosen ?? options).map(value => value.replaceAll(/[\\^$*+?.()|[\]{}/]/g, '\\$&'))
  return values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`
}

export interface Range {
  readonly fromMs: number
  readonly toMs: number
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const shanghaiMs = 8 * 3_600_000

/** `now-30d`, `now-6M/M`: whole months of Shanghai, the end of a range at its last millisecond. */
export const rangeOf = ({ from, to }: DashboardFile['time'], nowMs: number): Range => ({
  fromMs: instantOf(from, nowMs, false),
  toMs: instantOf(to, nowMs, true)
})

const instantOf = (text: string, nowMs: number, isEnd: boolean): number => {
  const [, sign, digits, unit, round] = /^now(?:([-+])(\d+)([smhdM]))?(\/M)?$/.exec(text) ?? []
  if (!text.startsWith('now') || (text !== 'now' && unit === undefined && round === undefined))
    throw new Error(`a time must be relative to now, got "${text}"`)
  const n = Number(digits ?? 0) * (sign === '-' ? -1 : 1)
  if (unit !== 'M' && round === undefined) return nowMs + n * (unit === undefined ? 0 : unitMs[unit as 's'])
  const local = new Date(nowMs + shanghaiMs)
  const month = local.getUTCMonth() + (unit === 'M' ? n : 0)
  if (round === undefined) throw new Error(`months must be whole ones, got "${text}"`)
  return Date.UTC(local.getUTCFullYear(), month + Number(isEnd), 1) - shanghaiMs - Number(isEnd)
}

/** A chart that looks at less than the dashboard does. */
const recentOf = (timeFrom: string, nowMs: number): Range => rangeOf({ from: `now-${timeFrom}`, to: 'now' }, nowMs)

const pixels = 1_000
const steps = ['10s', '20s', '30s', '1m', '2m', '5m', '10m', '15m', '20m', '30m', '1h', '2h', '6h', '12h', '1d', '7d']
const stepMs = (text: string): number => Number(text.slice(0, -1)) * unitMs[text.slice(-1) as 's']

/** The width of a window: as many as there are pixels, and not less than the chart wants, or the data source. */
const intervalOf = ({ fromMs, toMs }: Range, least: string): number =>
  Math.max(stepMs(least), steps.map(stepMs).find(ms => ms >= (toMs - fromMs) / pixels) ?? stepMs('7d'))

/** Every query of a dashboard's charts and annotations, for these choices. Repeated charts are there once a value. */
export const queriesOf = (board: DashboardFile, choices: Choices, nowMs: number): Sent[] => {
  const whole = rangeOf(board.time, nowMs)
  return [
    ...(board.annotations.list ?? []).flatMap(({ name, datasource, query }) =>
      query === undefined
        ? []
        : [
            {
              dashboard: board.uid,
              chart: `annotation ${name}`,
              refId: 'Anno',
              database: databaseOf(datasource.uid),
              query: fillIn(query, choices, whole, 1_000),
              written: query,
              choices
            }
          ]
    ),
    ...board.panels.flatMap(panel => {
      const range = panel.timeFrom === undefined ? whole : recentOf(panel.timeFrom, nowMs)
      return repeatsOf(panel, choices).flatMap(each =>
        (panel.targets ?? []).map(({ refId, query, datasource }) => {
          const database = databaseOf(datasource.uid)
          const least = panel.interval ?? (database === 'raw' ? '5m' : '1d')
          return {
            dashboard: board.uid,
            chart: `${panel.id} ${panel.title}`,
            refId,
            database,
            query: fillIn(query, each, range, intervalOf(range, least)),
            written: query,
            choices: each
          }
        })
      )
    })
  ]
}

const repeatsOf = ({ repeat }: PanelFile, choices: Choices): Choices[] => {
  const choice = choices.get(repeat ?? '')
  if (repeat === undefined || choice === undefined) return [choices]
  return (choice.chosen ?? choice.options).map(value => new Map([...choices, [repeat, { ...choice, chosen: [value] }]]))
}

/** Data source variables are named after the databases. */
export const databaseOf = (uid: string): 'raw' | 'rollup' => {
  const [, name] = /^\$\{(raw|rollup)\}$/.exec(uid) ?? []
  if (name === undefined) throw new Error(`a data source must be the variable raw or rollup, got "${uid}"`)
  return name as 'raw' | 'rollup'
}
