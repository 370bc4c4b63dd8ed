import { SentenceError } from '../../contract/parse.ts'
import { loadSettings } from '../config.ts'
import type { InfluxSettings } from './influx/config.ts'

/** What a configuration says of InfluxDB, for a command that is about nothing else. Throws a SentenceError when it says nothing. */
export const influxIn = (file: string): InfluxSettings => {
  const { influx } = loadSettings(file)
  if (influx === undefined) throw new SentenceError(`${file} /sinks/influx must be there, got nothing`)
  return influx
}
