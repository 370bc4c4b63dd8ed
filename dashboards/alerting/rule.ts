import type { Words } from '../words.ts'
import type { DatabaseName } from '../../collector/sinks/influx/schema.ts'

/** An alert rule before it has a file's shape: one query, one row a series, one number to compare with. */
export interface AlertRule {
  /** Stable for ever: silences and links hang on it. */
  readonly uid: string
  readonly title: Words
  readonly severity: 'critical' | 'warning' | 'info'
  readonly database: DatabaseName
  /** InfluxQL. Selects one value a series, so that reducing it invents nothing. */
  readonly query: string
  /** The query looks at the last so many seconds, up to `toS` seconds ago (now unless said otherwise). */
  readonly fromS: number
  readonly toS?: number
  readonly crosses: { readonly op: 'gt' | 'lt'; readonly than: number }
  /** It must hold for so long. */
  readonly forS: number
  /**
   * What it means when nothing comes back, or when the query fails. `OK` wherever a school is spoken of: what was not measured is nobody's
   * failure. `Alerting` is for the pipeline alone, whose silence is the failure.
   */
  readonly silence: 'OK' | 'Alerting'
  /** Go templates of Grafana: `.Labels.school`, `.Values.B` (the value). */
  readonly summary: Words
  /** What to look at, what to do. */
  readonly advice: Words
  readonly link: 'school' | 'pipeline'
}
